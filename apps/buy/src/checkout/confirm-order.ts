import { type OrderFailure, SYSTEM } from "../domain/order.js";
import { appendOrderEvent } from "../store/order-events.js";
import { changeOrder, lockOrder } from "../store/order-write.js";
import { lockPayment } from "../store/payments.js";
import { commitStock } from "../store/stock.js";
import type { CheckoutDeps } from "./checkout-deps.js";
import { STEP } from "./checkout-keys.js";
import { CheckoutCancelled, CheckoutRefused } from "./checkout-refused.js";
import type { CheckoutContext, CheckoutStep } from "./checkout-step.js";
import { holdRedemption } from "./reserve-redemption.js";
import { holdSlot } from "./reserve-slot.js";

/** What is held elsewhere must live at least this long beyond the confirmation; else it is held anew first. */
const MARGIN_MS = 60_000;

const EXPIRED: OrderFailure = {
  reason: "EXPIRED",
  explanation: "It took too long to complete the order, and its units were given up. Nothing was charged.",
};

/**
 * The pivot: in one transaction the stock is taken for good and the order confirmed. Before it everything can be undone,
 * after it everything must be done.
 */
export const confirmOrder = (deps: CheckoutDeps): CheckoutStep => ({
  name: STEP.confirmOrder,
  kind: "pivot",
  async run(context) {
    await holdAnew(deps, context);
    const { state, complete } = context;
    await complete(async (tx) => {
      const order = await lockOrder(tx, state.orderId);
      if (order === undefined) throw new Error(`there is no order ${state.orderId}`);
      if (order.state !== "PENDING") return;
      if (order.cancelRequest) throw new CheckoutCancelled();
      const payment = await lockPayment(tx, order.id);
      if (payment.state !== "AUTHORIZED")
        throw new Error(`order ${order.id} is paid for by ${payment.state}`);
      if ((await commitStock(tx, order.id)) === "released") throw new CheckoutRefused(EXPIRED);
      const at = new Date(deps.clock.nowMs());
      await changeOrder(tx, order, "CONFIRM", { event: "CONFIRMED", actor: SYSTEM, at });
      await appendOrderEvent(tx, order.id, "OrderConfirmed");
    });
  },
});

// Outside the transaction, whose commit is the point of no return. A reservation that has lapsed, or is about to, is asked for again under its key: it is held anew or refused for good.
async function holdAnew(deps: CheckoutDeps, { state, signal }: CheckoutContext): Promise<void> {
  const soonMs = deps.clock.nowMs() + MARGIN_MS;
  const redemption = (state.redemptionExpiresAtMs ?? soonMs) < soonMs;
  const slot = (state.slotExpiresAtMs ?? soonMs) < soonMs;
  if (!redemption && !slot) return;
  const order = await deps.orders.read(state.orderId);
  if (redemption) state.redemptionExpiresAtMs = await holdRedemption(deps, order, signal);
  if (slot) state.slotExpiresAtMs = await holdSlot(deps, order, signal);
}
