import { defineSaga, type Saga, sagaStatus } from "@charter/saga";
import { SYSTEM } from "../domain/order.js";
import { PaymentOutcomeUnknown } from "../payment/payment-provider.js";
import { appendHistory, lockOrder } from "../store/order-write.js";
import { changePayment, lockPayment } from "../store/payments.js";
import type { CheckoutDeps } from "./checkout-deps.js";
import { authorizationKeyOf, cancellationId, checkoutId } from "./checkout-keys.js";
import type { CheckoutState } from "./checkout-state.js";
import { type CheckoutStep, sharedStep } from "./checkout-step.js";
import { redemptionIdOf } from "./reserve-redemption.js";

/** Undoing a confirmed order whose parcel has been called off: the discounts and the money go back, whatever it takes. */
export function cancellationSaga(deps: CheckoutDeps): Saga<CheckoutState> {
  const steps = [begin, awaitCheckout(deps), rollBackRedemption(deps), refundPayment(deps)];
  return defineSaga<CheckoutState>({
    name: "cancellation",
    steps: steps.map((step) => sharedStep(deps, step)),
  });
}

// The order was cancelled together with the start of this saga, so from the first step on there is only forward.
const begin: CheckoutStep = { name: "begin", kind: "pivot", run: async () => undefined };

// What the checkout still has to do after the confirmation must be done before it can be undone.
const awaitCheckout = ({ db }: CheckoutDeps): CheckoutStep => ({
  name: "await-checkout",
  kind: "forward",
  async run({ state }) {
    const checkout = await sagaStatus(db, checkoutId(state.orderId));
    if (checkout?.status !== "completed") throw new Error("the checkout of the order is not complete yet");
  },
});

const rollBackRedemption = ({ orders, discount }: CheckoutDeps): CheckoutStep => ({
  name: "roll-back-redemption",
  kind: "forward",
  async run({ state, signal }) {
    const order = await orders.read(state.orderId);
    if (order.discounts.length === 0) return;
    await discount.rollbackRedemption({ redemptionId: redemptionIdOf(order.id) }, { signal });
  },
});

const refundPayment = ({ orders, clock, payment }: CheckoutDeps): CheckoutStep => ({
  name: "refund-payment",
  kind: "forward",
  async run({ state, complete }) {
    const order = await orders.read(state.orderId);
    const outcome = await payment.refund({
      key: `${cancellationId(order.id)}:refund-payment`,
      authorizationKey: authorizationKeyOf(order.id),
      amount: { currencyCode: order.currencyCode, minor: order.totalMinor },
    });
    if (outcome.kind === "unknown") throw new PaymentOutcomeUnknown("refund");
    if (outcome.kind === "declined") throw new Error(`the provider declined to refund: ${outcome.reason}`);
    await complete(async (tx) => {
      await lockOrder(tx, order.id);
      const locked = await lockPayment(tx, order.id);
      const changed = await changePayment(tx, locked, { state: "REFUNDED", refundedMinor: order.totalMinor });
      const at = new Date(clock.nowMs());
      if (changed) await appendHistory(tx, order.id, { event: "REFUNDED", actor: SYSTEM, at });
    });
  },
});
