import { sql, type Transaction } from "kysely";
import { type PaymentState, paymentMayBecome } from "../domain/payment-state.js";

/** A payment whose row is locked to the end of the transaction. */
export interface LockedPayment {
  readonly orderId: string;
  readonly state: PaymentState;
  readonly authorizationKey: string;
  readonly declinedReason: string | undefined;
}

/** What changes with a payment's state. Amounts that are not named stay. */
export interface PaymentChange {
  readonly state: PaymentState;
  readonly authorizedMinor?: bigint;
  readonly capturedMinor?: bigint;
  readonly refundedMinor?: bigint;
  readonly declinedReason?: string;
}

/** Notes the payment of an order before anything is asked of the provider. */
export async function openPayment(
  tx: Transaction<unknown>,
  { orderId, authorizationKey }: { readonly orderId: string; readonly authorizationKey: string },
): Promise<void> {
  await sql`
    insert into order_payments (order_id, state, authorization_key)
    values (${orderId}, 'NONE', ${authorizationKey})`.execute(tx);
}

/** Locks the payment of an order. Throws when there is none: every order that a checkout deals with has one. */
export async function lockPayment(tx: Transaction<unknown>, orderId: string): Promise<LockedPayment> {
  const { rows } = await sql<{
    state: PaymentState;
    authorization_key: string;
    declined_reason: string | null;
  }>`
    select state, authorization_key, declined_reason from order_payments where order_id = ${orderId} for update`.execute(
    tx,
  );
  const row = rows[0];
  if (row === undefined) throw new Error(`order ${orderId} has no payment`);
  return {
    orderId,
    state: row.state,
    authorizationKey: row.authorization_key,
    declinedReason: row.declined_reason ?? undefined,
  };
}

/** Changes a locked payment. False when it is in that state already; throws where the state forbids it. */
export async function changePayment(
  tx: Transaction<unknown>,
  payment: LockedPayment,
  change: PaymentChange,
): Promise<boolean> {
  if (!paymentMayBecome(payment.state, change.state)) {
    throw new Error(
      `the payment of order ${payment.orderId} is ${payment.state} and cannot become ${change.state}`,
    );
  }
  if (payment.state === change.state) return false;
  await sql`
    update order_payments set state = ${change.state},
      authorized_minor = coalesce(${change.authorizedMinor ?? null}::bigint, authorized_minor),
      captured_minor = coalesce(${change.capturedMinor ?? null}::bigint, captured_minor),
      refunded_minor = coalesce(${change.refundedMinor ?? null}::bigint, refunded_minor),
      declined_reason = coalesce(${change.declinedReason ?? null}, declined_reason)
    where order_id = ${payment.orderId}`.execute(tx);
  return true;
}
