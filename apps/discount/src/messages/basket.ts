import type { Basket as BasketMessage } from "@shop/contract/shop/discount/v1/basket_pb.js";
import type { Basket } from "../domain/basket.js";

/** A validated basket as the rules see it. */
export function basketOf(message: BasketMessage): Basket {
  return {
    currency: message.currencyCode,
    lines: message.lines.map((line) => ({
      id: line.lineId,
      sku: line.sku,
      collections: line.collections,
      quantity: line.quantity,
      unitPriceMinor: line.unitPrice?.minor ?? 0n,
    })),
    shippingMinor: message.shippingCost?.minor ?? 0n,
    segments: message.segments,
  };
}
