import { contractError } from "@charter/server";
import { BuyError, BuyErrorSchema } from "@shop/contract/shop/buy/v1/errors_pb.js";
import type { OrderState } from "../domain/order-state.js";

/** The order is past the point where it can be called off. */
export function notCancellable(state: OrderState): Error {
  return contractError(BuyErrorSchema, BuyError.ORDER_NOT_CANCELLABLE, { metadata: { state } });
}
