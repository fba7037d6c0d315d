import type { Step, StepContext } from "@charter/saga";
import { noteRefusal } from "../store/order-write.js";
import type { CheckoutDeps } from "./checkout-deps.js";
import { CheckoutRefused } from "./checkout-refused.js";
import type { CheckoutState } from "./checkout-state.js";

/** One step of a checkout. */
export type CheckoutStep = Step<CheckoutState, unknown>;

/** What a step of a checkout is given. */
export type CheckoutContext = StepContext<CheckoutState, unknown>;

/** Gives a step what all of them share: the reason of a refusal is kept with the order for the compensation that closes it. */
export function sharedStep(deps: CheckoutDeps, step: CheckoutStep): CheckoutStep {
  const { run } = step;
  return run ? { ...step, run: (context) => keepRefusal(deps, run, context) } : step;
}

async function keepRefusal(
  { db }: CheckoutDeps,
  run: NonNullable<CheckoutStep["run"]>,
  context: CheckoutContext,
): Promise<void> {
  try {
    await run(context);
  } catch (error) {
    if (error instanceof CheckoutRefused) await noteRefusal(db, context.state.orderId, error.failure);
    throw error;
  }
}
