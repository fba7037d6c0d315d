/** Where an order stands. The names are those of the contract without its prefix. */
export type OrderState =
  | "PENDING"
  | "CONFIRMED"
  | "PARTIALLY_FULFILLED"
  | "FULFILLED"
  | "DELIVERED"
  | "CANCELLED"
  | "RETURNED"
  | "FAILED";

/** What can happen to an order. */
export type OrderChange = "CONFIRM" | "FAIL" | "CANCEL" | "FULFIL_PART" | "FULFIL_ALL" | "DELIVER" | "RETURN";

/** What a change does to a state: moves it, leaves it because it already happened, or is impossible. */
export type Transition =
  | { readonly kind: "moved"; readonly to: OrderState }
  | { readonly kind: "unchanged" }
  | { readonly kind: "refused" };

const MOVES: Readonly<Record<OrderChange, Partial<Record<OrderState, OrderState>>>> = {
  CONFIRM: { PENDING: "CONFIRMED" },
  FAIL: { PENDING: "FAILED" },
  CANCEL: { PENDING: "CANCELLED", CONFIRMED: "CANCELLED" },
  FULFIL_PART: { CONFIRMED: "PARTIALLY_FULFILLED" },
  FULFIL_ALL: { CONFIRMED: "FULFILLED", PARTIALLY_FULFILLED: "FULFILLED" },
  DELIVER: { FULFILLED: "DELIVERED" },
  RETURN: { PARTIALLY_FULFILLED: "RETURNED", FULFILLED: "RETURNED", DELIVERED: "RETURNED" },
};

// The states in which a change has already taken place, so that a repeated or late message about it is no news.
const ALREADY: Readonly<Record<OrderChange, readonly OrderState[]>> = {
  CONFIRM: ["CONFIRMED", "PARTIALLY_FULFILLED", "FULFILLED", "DELIVERED", "RETURNED"],
  FAIL: ["FAILED"],
  CANCEL: ["CANCELLED"],
  FULFIL_PART: ["PARTIALLY_FULFILLED", "FULFILLED", "DELIVERED", "RETURNED"],
  FULFIL_ALL: ["FULFILLED", "DELIVERED", "RETURNED"],
  DELIVER: ["DELIVERED", "RETURNED"],
  RETURN: ["RETURNED"],
};

/** What `change` does to an order in `state`. */
export function transition(state: OrderState, change: OrderChange): Transition {
  const to = MOVES[change][state];
  if (to !== undefined) return { kind: "moved", to };
  return ALREADY[change].includes(state) ? { kind: "unchanged" } : { kind: "refused" };
}

// DELIVERED ends a watch too: only a return, which the shopper starts, can follow it.
const ENDED: readonly OrderState[] = ["DELIVERED", "CANCELLED", "RETURNED", "FAILED"];

/** Whether nothing more happens to an order by itself. */
export function isTerminal(state: OrderState): boolean {
  return ENDED.includes(state);
}
