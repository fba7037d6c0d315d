import type { Clock } from "@charter/time";

/** Retries that a call earns. */
const SHARE = 0.2;
/** Retries that are earned by time alone, so that a client with few calls may retry too. */
const PER_SECOND = 10;
/** What is earned by calls and not spent is kept up to this, so that a long quiet time pays for no storm. */
const MAX_EARNED = 20;

/** How many retries a callee may be given: a fifth of its calls and ten a second. Full at the start by one second's worth. */
export class RetryBudget {
  readonly #clock: Clock;
  #earned = 0;
  #timed = PER_SECOND;
  #timedAtMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#timedAtMs = clock.monotonicMs();
  }

  /** Retries that could be made now. */
  get available(): number {
    this.#refill();
    return Math.floor(this.#earned + 1e-9) + Math.floor(this.#timed + 1e-9);
  }

  /** To be called for each call, and for no retry. */
  earn(): void {
    this.#earned = Math.min(MAX_EARNED, this.#earned + SHARE);
  }

  /** Takes one retry, or returns false. */
  spend(): boolean {
    this.#refill();
    if (this.#earned >= 1 - 1e-9) this.#earned -= 1;
    else if (this.#timed >= 1 - 1e-9) this.#timed -= 1;
    else return false;
    return true;
  }

  #refill(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#timed = Math.min(PER_SECOND, this.#timed + ((nowMs - this.#timedAtMs) / 1_000) * PER_SECOND);
    this.#timedAtMs = nowMs;
  }
}
