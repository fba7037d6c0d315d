import type { MessageInitShape } from "@bufbuild/protobuf";
import type { PricedLineSchema, PriceSchema } from "@shop/contract/shop/buy/v1/pricing_pb.js";
import { TaxCategory } from "@shop/contract/shop/buy/v1/product_pb.js";
import type { OrderLine, OrderPrice } from "../domain/order.js";

type ToMoney = (minor: bigint) => { currencyCode: string; minor: bigint };

/** The frozen price of an order as the contract says it. */
export function orderPriceMessage(price: OrderPrice): MessageInitShape<typeof PriceSchema> {
  const money: ToMoney = (minor) => ({ currencyCode: price.currencyCode, minor });
  return {
    lines: price.lines.map((line) => lineMessage(line, money)),
    adjustments: price.adjustments.map((adjustment) => ({
      campaignId: adjustment.campaignId,
      code: adjustment.code,
      explanation: adjustment.explanation,
      amount: money(adjustment.amountMinor),
      lineShares: adjustment.lineShares.map((share) => ({
        lineNumber: share.lineNumber,
        amount: money(share.amountMinor),
      })),
      shippingShare: money(adjustment.shippingShareMinor),
    })),
    shippingCharge: {
      amount: money(price.shippingMinor),
      discount: money(price.shippingDiscountMinor),
      taxBasisPoints: price.shippingTaxBasisPoints,
      tax: money(price.shippingTaxMinor),
      total: money(price.shippingMinor - price.shippingDiscountMinor + price.shippingTaxMinor),
    },
    items: money(price.itemsMinor),
    discount: money(price.discountMinor),
    shipping: money(price.shippingMinor),
    tax: money(price.taxMinor),
    total: money(price.totalMinor),
  };
}

function lineMessage(line: OrderLine, money: ToMoney): MessageInitShape<typeof PricedLineSchema> {
  const subtotal = BigInt(line.quantity) * line.unitPriceMinor;
  return {
    lineNumber: line.lineNumber,
    sku: line.sku,
    name: line.name,
    quantity: BigInt(line.quantity),
    unitPrice: money(line.unitPriceMinor),
    subtotal: money(subtotal),
    discount: money(line.discountMinor),
    taxCategory: TaxCategory[line.taxCategory],
    taxBasisPoints: line.taxBasisPoints,
    tax: money(line.taxMinor),
    total: money(subtotal - line.discountMinor + line.taxMinor),
  };
}
