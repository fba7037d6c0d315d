import { SYSTEM } from "../domain/order.js";
import { PaymentOutcomeUnknown } from "../payment/payment-provider.js";
import { appendHistory, lockOrder } from "../store/order-write.js";
import { changePayment, lockPayment } from "../store/payments.js";
import type { CheckoutDeps } from "./checkout-deps.js";
import { authorizationKeyOf, STEP, stepKey } from "./checkout-keys.js";
import type { CheckoutStep } from "./checkout-step.js";

/** Takes the money that is held. The key makes a repeat harmless, so an unknown outcome is simply asked for again. */
export const capturePayment = ({ orders, clock, payment }: CheckoutDeps): CheckoutStep => ({
  name: STEP.capturePayment,
  kind: "forward",
  async run({ state, complete }) {
    const order = await orders.read(state.orderId);
    const outcome = await payment.capture({
      key: stepKey(order.id, STEP.capturePayment),
      authorizationKey: authorizationKeyOf(order.id),
      amount: { currencyCode: order.currencyCode, minor: order.totalMinor },
    });
    if (outcome.kind === "unknown") throw new PaymentOutcomeUnknown("capture");
    // The order is confirmed, so there is no way back: an operator has to see what is wrong with the hold.
    if (outcome.kind === "declined") throw new Error(`the provider declined to capture: ${outcome.reason}`);
    await complete(async (tx) => {
      await lockOrder(tx, order.id);
      const locked = await lockPayment(tx, order.id);
      const changed = await changePayment(tx, locked, { state: "CAPTURED", capturedMinor: order.totalMinor });
      const at = new Date(clock.nowMs());
      if (changed) await appendHistory(tx, order.id, { event: "PAYMENT_CAPTURED", actor: SYSTEM, at });
    });
  },
});
