import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { PlaceOrderRequest } from "@shop/contract/shop/buy/v1/order_service_pb.js";
import { type QuoteOption, ServiceLevel } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import type { PostalAddress } from "@shop/contract/shop/type/v1/postal_address_pb.js";
import { v7 as uuidv7 } from "uuid";
import type { AgreedQuote } from "../checkout/agreed-quote.js";
import type { OrderAddress, OrderDelivery } from "../domain/order.js";
import type { NewOrder } from "../store/order-write.js";
import { requireSet } from "./require-set.js";

/** The order that a shopper places at the price agreed to, frozen. */
export function newOrder(
  request: PlaceOrderRequest,
  { basket, price, quoteId, option }: AgreedQuote,
  { userId, now }: { readonly userId: string; readonly now: Date },
): NewOrder {
  const shipTo = addressOf(requireSet(request.shipTo, "ship_to"));
  return {
    id: uuidv7(),
    userId,
    state: "PENDING",
    countryCode: shipTo.countryCode,
    price,
    shipTo,
    delivery: deliveryOf(option, quoteId, request.slotId),
    paymentMethod: request.paymentMethod,
    idempotencyKey: request.idempotencyKey,
    cart: {
      version: String(basket.cartVersion),
      items: basket.items.map(({ product, quantity }) => ({ sku: product.sku, quantity })),
    },
    placedAt: now,
    begins: { event: "PLACED", actor: { kind: "CUSTOMER", userId }, at: now },
  };
}

function addressOf({ recipient, lines, city, region, postalCode, countryCode }: PostalAddress): OrderAddress {
  return { recipient, lines: [...lines], city, region, postalCode, countryCode };
}

function deliveryOf({ serviceLevel, promise }: QuoteOption, quoteId: string, slotId: string): OrderDelivery {
  return {
    quoteId,
    serviceLevel: ServiceLevel[serviceLevel] as OrderDelivery["serviceLevel"],
    slotId,
    promise: {
      startsAtMs: promise?.startTime ? timestampMs(promise.startTime) : 0,
      endsAtMs: promise?.endTime ? timestampMs(promise.endTime) : 0,
    },
  };
}
