import type { Clock } from "@charter/time";
import { SlidingWindow } from "../breaker/sliding-window.js";

const WINDOW_MS = 120_000;
/** How many requests are sent for each that is accepted; at 2, as many are wasted as are served. */
const K = 2;
/** As if so many more requests had been wanted: a single refusal on a fresh channel tells little. */
const PADDING = 8;

/**
 * Adaptive client-side throttling: when the callee refuses much for lack of capacity, the client itself refuses a share of the
 * calls, `max(0, (requests - K * accepts) / (requests + 8))` over two minutes. After "Handling Overload" in Site Reliability
 * Engineering (Beyer et al., 2016), with its constants but for the padding, which is 1 there; 8 is grpc-go's (balancer/rls/internal/adaptive).
 */
export class AdaptiveThrottle {
  readonly #window: SlidingWindow;
  readonly #random: () => number;

  constructor(clock: Clock, random: () => number) {
    this.#window = new SlidingWindow(clock, WINDOW_MS);
    this.#random = random;
  }

  /** Requests that were wanted and those that the callee accepted, over the window. */
  get counts(): { readonly requests: number; readonly accepts: number } {
    const { total, hits } = this.#window.counts();
    return { requests: total, accepts: hits };
  }

  /** The share of calls that is refused now, 0 to 1. */
  get rejection(): number {
    const { requests, accepts } = this.counts;
    return Math.max(0, (requests - K * accepts) / (requests + PADDING));
  }

  /** Whether a call may be sent. A refusal counts as a request that was wanted. */
  admit(): boolean {
    const admitted = this.#random() >= this.rejection;
    if (!admitted) this.#window.add(1, 0);
    return admitted;
  }

  /** To be called when an admitted call has ended: whether the callee took it on, whatever it answered. */
  ended(accepted: boolean): void {
    this.#window.add(1, accepted ? 1 : 0);
  }
}
