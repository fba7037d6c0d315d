import type { BreakerPolicy } from "@charter/policy";
import type { Clock } from "@charter/time";
import { SlidingWindow } from "./sliding-window.js";

/** closed: calls pass. open: none does. half_open: one call at a time finds out whether to close. */
export type BreakerState = "closed" | "open" | "half_open";

/** What a call says of its endpoint when it has ended; "nothing" when it was given up by the caller. */
export type Verdict = "success" | "failure" | "nothing";

/** Stops calls of one method to one endpoint while too many fail. */
export class Breaker {
  readonly #policy: BreakerPolicy;
  readonly #clock: Clock;
  readonly #window: SlidingWindow;
  #openUntilMs: number | undefined;
  #probing = false;

  constructor(policy: BreakerPolicy, clock: Clock) {
    this.#policy = policy;
    this.#clock = clock;
    this.#window = new SlidingWindow(clock, policy.windowMs);
  }

  get state(): BreakerState {
    if (this.#openUntilMs === undefined) return "closed";
    return this.#clock.monotonicMs() < this.#openUntilMs ? "open" : "half_open";
  }

  /** Whether a call would pass now. */
  get admits(): boolean {
    return this.state === "closed" || (this.state === "half_open" && !this.#probing);
  }

  /** Lets a call through, or not (undefined). Call what it returns once, when the call has ended. */
  enter(): ((verdict: Verdict) => void) | undefined {
    if (!this.admits) return undefined;
    if (this.state === "closed") return (verdict) => this.#count(verdict);
    this.#probing = true;
    return (verdict) => this.#endProbe(verdict);
  }

  #count(verdict: Verdict): void {
    // A call that entered before the breaker opened says nothing of what has happened since.
    if (verdict === "nothing" || this.#openUntilMs !== undefined) return;
    this.#window.add(1, verdict === "failure" ? 1 : 0);
    const { total, hits } = this.#window.counts();
    if (total >= this.#policy.minCalls && hits / total >= this.#policy.failureRatio) this.#open();
  }

  #endProbe(verdict: Verdict): void {
    this.#probing = false;
    if (verdict === "failure") this.#open();
    if (verdict !== "success") return;
    this.#openUntilMs = undefined;
    this.#window.clear();
  }

  #open(): void {
    this.#openUntilMs = this.#clock.monotonicMs() + this.#policy.openForMs;
  }
}
