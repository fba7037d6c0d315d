import { removeOrdered } from "../store/carts.js";
import type { CheckoutDeps } from "./checkout-deps.js";
import { STEP } from "./checkout-keys.js";
import type { CheckoutStep } from "./checkout-step.js";

/** Takes out of the cart what was ordered, once; what the shopper put in since stays. */
export const emptyCart = ({ orders, clock }: CheckoutDeps): CheckoutStep => ({
  name: STEP.emptyCart,
  kind: "forward",
  async run({ state, complete }) {
    if (state.cartEmptied) return;
    const { userId, cart } = await orders.read(state.orderId);
    await complete(async (tx) => {
      await removeOrdered(tx, { userId, lines: cart.items, now: new Date(clock.nowMs()) });
      state.cartEmptied = true;
    });
  },
});
