import type { CheckoutDeps } from "./checkout-deps.js";
import { STEP } from "./checkout-keys.js";
import type { CheckoutStep } from "./checkout-step.js";
import { redemptionIdOf } from "./reserve-redemption.js";

/** Uses up the discounts that are held. */
export const commitRedemption = ({ orders, discount }: CheckoutDeps): CheckoutStep => ({
  name: STEP.commitRedemption,
  kind: "forward",
  async run({ state, signal }) {
    const order = await orders.read(state.orderId);
    if (order.discounts.length === 0) return;
    await discount.commitRedemption({ redemptionId: redemptionIdOf(order.id) }, { signal });
  },
});
