/** What a balancer may know of an endpoint at the moment of picking. */
export interface Candidate {
  /** Names the endpoint for as long as it is in the list, e.g. "http://10.0.0.7:8082". */
  readonly key: string;
  /** Calls on their way. */
  readonly inFlight: number;
  /** How long an answer takes, in milliseconds; 0 while nothing is known. */
  readonly latencyMs: number;
}

/** What else a pick may depend on. */
export interface PickHint {
  /** A float in [0, 1). */
  readonly random: () => number;
  /** How many picks went before this one; for taking turns. */
  readonly turn: number;
  /** What the call is hashed by; "" when the contract names no field. */
  readonly hash: string;
}

/** Picks one of the endpoints that can take a call. Pure: the same snapshot and hint pick the same endpoint. Undefined when there is none. */
export type Balancer = <C extends Candidate>(candidates: readonly C[], hint: PickHint) => C | undefined;
