import type { Transaction } from "kysely";
import { type OrderFailure, SYSTEM } from "../domain/order.js";
import { type PaymentOutcome, PaymentOutcomeUnknown } from "../payment/payment-provider.js";
import type { CheckoutOrder } from "../store/checkout-orders.js";
import { appendHistory, lockOrder } from "../store/order-write.js";
import { changePayment, type LockedPayment, lockPayment } from "../store/payments.js";
import type { CheckoutDeps } from "./checkout-deps.js";
import { STEP, stepKey } from "./checkout-keys.js";
import { CheckoutCancelled, CheckoutRefused } from "./checkout-refused.js";
import type { CheckoutStep } from "./checkout-step.js";

/**
 * Holds the shopper's money. That the provider is about to be asked is stored before it is asked, so that after a crash or a
 * lost answer it is queried first. Undoing gives up the hold; where none is known of, that leaves a tombstone with the provider, so that
 * a request which is still on its way can no longer charge.
 */
export const authorizePayment = (deps: CheckoutDeps): CheckoutStep => ({
  name: STEP.authorizePayment,
  kind: "compensable",
  async run({ state, transaction, complete }) {
    const before = await transaction(async (tx) => {
      const cancelled = (await lockOrder(tx, state.orderId))?.cancelRequest !== undefined;
      const payment = await lockPayment(tx, state.orderId);
      if (cancelled && payment.state === "NONE") throw new CheckoutCancelled();
      if (payment.state === "NONE") await changePayment(tx, payment, { state: "AUTHORIZATION_UNKNOWN" });
      return payment;
    });
    if (before.state === "AUTHORIZED") return;
    if (before.state === "DECLINED") throw new CheckoutRefused(declined(before.declinedReason ?? ""));
    const order = await deps.orders.read(state.orderId);
    const outcome = await ask(deps, order, before);
    if (outcome.kind === "unknown") throw new PaymentOutcomeUnknown("authorize");
    const keep = async (tx: Transaction<unknown>) => {
      await lockOrder(tx, order.id);
      await record(tx, await lockPayment(tx, order.id), order, outcome, new Date(deps.clock.nowMs()));
    };
    if (outcome.kind === "approved") return complete(keep);
    await transaction(keep);
    throw new CheckoutRefused(declined(outcome.reason));
  },
  async compensate({ state, transaction, complete }) {
    const payment = await transaction((tx) => lockPayment(tx, state.orderId));
    if (payment.state !== "AUTHORIZED" && payment.state !== "AUTHORIZATION_UNKNOWN") return;
    const order = await deps.orders.read(state.orderId);
    const { authorizationKey } = payment;
    const key = stepKey(order.id, STEP.authorizePayment, "void");
    const voided = await deps.payment.void({ key, authorizationKey });
    if (voided.kind !== "approved") throw new PaymentOutcomeUnknown("void");
    // With the tombstone in place nothing can change any more: what the provider says now is what has happened.
    const happened = await deps.payment.query(authorizationKey);
    if (happened.kind === "unknown") throw new PaymentOutcomeUnknown("query");
    await complete(async (tx) => {
      await lockOrder(tx, order.id);
      const locked = await lockPayment(tx, order.id);
      const authorizedMinor = happened.kind === "approved" ? order.totalMinor : 0n;
      const changed = await changePayment(tx, locked, { state: "VOIDED", authorizedMinor });
      if (!changed || happened.kind !== "approved") return;
      await appendHistory(tx, order.id, {
        event: "PAYMENT_VOIDED",
        actor: SYSTEM,
        at: new Date(deps.clock.nowMs()),
      });
    });
  },
});

// Only what was never asked is asked straight away; after a crash or a lost answer the provider says first what happened.
async function ask(
  { payment }: CheckoutDeps,
  order: CheckoutOrder,
  before: LockedPayment,
): Promise<PaymentOutcome> {
  const key = before.authorizationKey;
  if (before.state === "AUTHORIZATION_UNKNOWN") {
    const happened = await payment.query(key);
    if (happened.kind !== "absent") return happened;
  }
  return payment.authorize({
    key,
    amount: { currencyCode: order.currencyCode, minor: order.totalMinor },
    methodToken: order.paymentMethod,
    reference: order.id,
  });
}

async function record(
  tx: Transaction<unknown>,
  payment: LockedPayment,
  order: CheckoutOrder,
  outcome: Exclude<PaymentOutcome, { kind: "unknown" }>,
  at: Date,
): Promise<void> {
  if (outcome.kind === "declined") {
    await changePayment(tx, payment, { state: "DECLINED", declinedReason: outcome.reason });
    return;
  }
  const changed = await changePayment(tx, payment, {
    state: "AUTHORIZED",
    authorizedMinor: order.totalMinor,
  });
  if (changed) await appendHistory(tx, order.id, { event: "PAYMENT_AUTHORIZED", actor: SYSTEM, at });
}

function declined(reason: string): OrderFailure {
  if (reason === "UNKNOWN_METHOD") {
    const explanation = "This means of payment is not known. Nothing was charged; please choose another one.";
    return { reason: "PAYMENT_METHOD_INVALID", explanation };
  }
  const explanation =
    reason === "INSUFFICIENT_FUNDS"
      ? "The payment was declined for lack of funds. Nothing was charged."
      : "The payment was declined. Nothing was charged; please choose another means of payment.";
  return { reason: "PAYMENT_DECLINED", explanation };
}
