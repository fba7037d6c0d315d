import { type OrderFailure, SYSTEM } from "../domain/order.js";
import { appendOrderEvent } from "../store/order-events.js";
import { changeOrder, type LockedOrder, lockOrder } from "../store/order-write.js";
import { releaseStock } from "../store/stock.js";
import type { CheckoutDeps } from "./checkout-deps.js";
import { STEP } from "./checkout-keys.js";
import type { CheckoutStep } from "./checkout-step.js";

const GAVE_UP: OrderFailure = {
  reason: "UNAVAILABLE",
  explanation: "A service that is needed could not be reached. Nothing was charged; please order again.",
};

/**
 * The stock was reserved together with the order, so going forward there is nothing to run. Undone last of all, it gives the stock
 * back and closes the order.
 */
export const holdStock = ({ clock }: CheckoutDeps): CheckoutStep => ({
  name: STEP.holdStock,
  kind: "compensable",
  compensate: ({ state, complete }) =>
    complete(async (tx) => {
      const order = await lockOrder(tx, state.orderId);
      if (order === undefined) throw new Error(`there is no order ${state.orderId}`);
      await releaseStock(tx, state.orderId);
      const closed = await changeOrder(tx, order, ...ending(order, new Date(clock.nowMs())));
      if (closed) {
        await appendOrderEvent(tx, order.id, order.cancelRequest ? "OrderCancelled" : "OrderFailed");
      }
    }),
});

type Ending = Parameters<typeof changeOrder> extends [unknown, unknown, ...infer Rest] ? Rest : never;

function ending({ cancelRequest, refusal = GAVE_UP }: LockedOrder, at: Date): Ending {
  if (cancelRequest) {
    return ["CANCEL", { event: "CANCELLED", actor: cancelRequest.actor, at, note: cancelRequest.reason }];
  }
  return ["FAIL", { event: "FAILED", actor: SYSTEM, at, note: refusal.explanation, failure: refusal }];
}
