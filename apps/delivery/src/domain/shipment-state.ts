/** Where a shipment stands. The last four are terminal. */
export type ShipmentState =
  | "CREATED"
  | "LABELLED"
  | "HANDED_OVER"
  | "IN_TRANSIT"
  | "OUT_FOR_DELIVERY"
  | "FAILED_ATTEMPT"
  | TerminalState;

export type TerminalState = "LOST" | "RETURNED" | "DELIVERED" | "CANCELLED";

/**
 * How strong an end is. Two different ends can only be reported by mistake, in any order; that the stronger one wins whichever came
 * first is what makes the outcome independent of the order of arrival. To be lost is a guess, to be back is seen, to be
 * received is signed for; a cancellation is our own word, given only while the carrier has nothing.
 */
const strength: Readonly<Record<TerminalState, number>> = {
  LOST: 1,
  RETURNED: 2,
  DELIVERED: 3,
  CANCELLED: 4,
};

const onTheRoad = ["IN_TRANSIT", "OUT_FOR_DELIVERY", "FAILED_ATTEMPT"] as const;

/** What may follow in motion. A missing scan may skip a step; only the last leg may repeat. */
const next: Readonly<Record<Exclude<ShipmentState, TerminalState>, readonly ShipmentState[]>> = {
  CREATED: ["LABELLED", "HANDED_OVER", ...onTheRoad],
  LABELLED: ["HANDED_OVER", ...onTheRoad],
  HANDED_OVER: onTheRoad,
  IN_TRANSIT: ["OUT_FOR_DELIVERY", "FAILED_ATTEMPT"],
  OUT_FOR_DELIVERY: ["IN_TRANSIT", "FAILED_ATTEMPT"],
  FAILED_ATTEMPT: ["IN_TRANSIT", "OUT_FOR_DELIVERY"],
};

/** Whether nothing moves any more. */
export function isTerminal(state: ShipmentState): state is TerminalState {
  return state in strength;
}

/** Whether the shipment may still be given up: the carrier does not have it. */
export function isCancellable(state: ShipmentState): boolean {
  return state === "CREATED" || state === "LABELLED";
}

/** The state after a report that is the next in time. A report that cannot follow changes nothing. */
export function advance(state: ShipmentState, reported: ShipmentState): ShipmentState {
  if (isTerminal(reported)) return isTerminal(state) ? stronger(state, reported) : reported;
  if (isTerminal(state)) return state;
  return next[state].includes(reported) ? reported : state;
}

function stronger(a: TerminalState, b: TerminalState): TerminalState {
  return strength[a] >= strength[b] ? a : b;
}
