import { defineSaga, type Saga } from "@charter/saga";
import { authorizePayment } from "./authorize-payment.js";
import { capturePayment } from "./capture-payment.js";
import type { CheckoutDeps } from "./checkout-deps.js";
import { CheckoutCancelled, CheckoutRefused } from "./checkout-refused.js";
import type { CheckoutState } from "./checkout-state.js";
import { sharedStep } from "./checkout-step.js";
import { commitRedemption } from "./commit-redemption.js";
import { confirmOrder } from "./confirm-order.js";
import { createShipment } from "./create-shipment.js";
import { emptyCart } from "./empty-cart.js";
import { holdStock } from "./hold-stock.js";
import { reserveRedemption } from "./reserve-redemption.js";
import { reserveSlot } from "./reserve-slot.js";

/** How long a checkout may try before its confirmation. The stock is held for longer. */
export const CHECKOUT_BUDGET_MS = 5 * 60_000;

/** Placing an order, from the moment that it is taken down: either all of it happens or none of it stays. */
export function checkoutSaga(deps: CheckoutDeps): Saga<CheckoutState> {
  const steps = [
    holdStock(deps),
    reserveRedemption(deps),
    reserveSlot(deps),
    authorizePayment(deps),
    confirmOrder(deps),
    commitRedemption(deps),
    createShipment(deps),
    capturePayment(deps),
    emptyCart(deps),
  ];
  return defineSaga<CheckoutState>({
    name: "checkout",
    steps: steps.map((step) => sharedStep(deps, step)),
    classify: (error) =>
      error instanceof CheckoutRefused || error instanceof CheckoutCancelled ? "fail" : "retry",
    timeBudgetMs: CHECKOUT_BUDGET_MS,
  });
}
