/**
 * What the shop knows about the money of one order. `AUTHORIZATION_UNKNOWN` is entered before the provider is asked, so that a
 * crash and a lost answer look alike: in both the provider is queried before anything is decided.
 */
export type PaymentState =
  | "NONE"
  | "AUTHORIZATION_UNKNOWN"
  | "AUTHORIZED"
  | "DECLINED"
  | "CAPTURED"
  | "VOIDED"
  | "REFUNDED";

/** Which states each state may turn into. */
const NEXT: Readonly<Record<PaymentState, readonly PaymentState[]>> = {
  NONE: ["AUTHORIZATION_UNKNOWN", "VOIDED"],
  AUTHORIZATION_UNKNOWN: ["AUTHORIZED", "DECLINED", "VOIDED"],
  AUTHORIZED: ["CAPTURED", "VOIDED"],
  DECLINED: ["VOIDED"],
  CAPTURED: ["REFUNDED"],
  VOIDED: [],
  REFUNDED: [],
};

/** Whether the payment may go from one state to another; staying is always allowed, for every step may be repeated. */
export function paymentMayBecome(from: PaymentState, to: PaymentState): boolean {
  return from === to || NEXT[from].includes(to);
}
