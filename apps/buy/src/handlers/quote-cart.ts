import { clearField, create, type MessageInitShape } from "@bufbuild/protobuf";
import { type Handler, userOf } from "@charter/server";
import type { QuoteSchema } from "@shop/contract/shop/buy/v1/cart_pb.js";
import type { CartService } from "@shop/contract/shop/buy/v1/cart_service_pb.js";
import { PriceSchema } from "@shop/contract/shop/buy/v1/pricing_pb.js";
import { ServiceLevel } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import { type Basket, readBasket } from "../quoting/basket.js";
import { type BasketQuote, quoteBasket } from "../quoting/quote-basket.js";
import type { CartDeps } from "./cart-deps.js";
import { orderPriceMessage } from "./order-price-message.js";

export const quoteCart =
  (deps: CartDeps): Handler<typeof CartService.method.quoteCart> =>
  async ({ codes, shipTo, serviceLevel }, call) => {
    const customerId = userOf(call).subject;
    const basket = await readBasket(deps.db, customerId);
    const request = { customerId, codes, destination: shipTo, serviceLevel };
    return { quote: quoteMessage(basket, await quoteBasket(deps, { basket, request }, call)) };
  };

function quoteMessage(basket: Basket, quote: BasketQuote): MessageInitShape<typeof QuoteSchema> {
  const { delivery, option } = quote;
  const price = create(PriceSchema, orderPriceMessage(quote.price));
  if (!option) clearField(price, PriceSchema.field.shippingCharge);
  return {
    cartVersion: basket.cartVersion,
    price,
    refusedCodes: [...quote.refusedCodes],
    discountsUnavailable: !quote.discountsEvaluated,
    deliveryOptions: delivery?.kind === "quoted" ? [...delivery.options] : [],
    serviceLevel: option?.serviceLevel ?? ServiceLevel.UNSPECIFIED,
    deliveryUnavailable: delivery?.kind === "unavailable",
    withdrawnSkus: [...basket.withdrawnSkus],
  };
}
