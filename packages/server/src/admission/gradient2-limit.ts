import type { Clock } from "@charter/time";

/** The limit never falls below this, nor below the contract's bound where that is lower. */
const MIN_LIMIT = 20;
/** What a round adds while latency does not rise: calls that may wait inside without harm. */
const HEADROOM = 4;
/** The share of a round's result that is taken over. */
const SMOOTHING = 0.2;
/** Latency may rise by half over the long-term mean before it counts as a queue. */
const TOLERANCE = 1.5;
/** One round never takes away more than half. */
const MIN_GRADIENT = 0.5;
/** The long-term mean spans about this many rounds; the first few are averaged plainly. */
const LONG_WINDOW = 600;
const LONG_WARM_UP = 10;
/** A long-term mean of more than twice the short one is left over from overload and comes down by 5 % a round. */
const DRIFT_RATIO = 2;
const DRIFT_DECAY = 0.95;
/** A round is a second with at least so many calls. */
const WINDOW_MS = 1_000;
const WINDOW_MIN_SAMPLES = 10;
/** Calls faster than this tell of nothing that could queue. */
const MIN_RTT_MS = 0.1;

/**
 * A limit on calls in flight that follows latency: Gradient2 of Netflix's concurrency-limits (Gradient2Limit under its WindowedLimit,
 * github.com/Netflix/concurrency-limits as of January 2026), with its constants: gradient = long-term mean / mean of the last second × 1.5,
 * held between 0.5 and 1; limit = 0.8 × limit + 0.2 × (limit × gradient + 4), unless less than half of it was in use.
 *
 * It begins at the contract's bound rather than at 20: the bound is declared, so a start at the lowest value would refuse the first burst
 * after every start for no reason.
 */
export class Gradient2Limit {
  readonly #clock: Clock;
  #limit: number;
  #longRttMs = 0;
  #rounds = 0;
  #windowEndsMs: number;
  #window = { samples: 0, sumMs: 0, maxInFlight: 0 };

  constructor(clock: Clock, maxLimit: number) {
    this.#clock = clock;
    this.#limit = maxLimit;
    this.#windowEndsMs = clock.monotonicMs() + WINDOW_MS;
  }

  /** Calls that may be in flight now; a whole number. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Notes a call that has ended: how long it took, how many were in flight with it, and what the limit may be at most. */
  sample(rttMs: number, inFlight: number, maxLimit: number): void {
    if (rttMs < MIN_RTT_MS) return;
    const window = this.#window;
    window.samples += 1;
    window.sumMs += rttMs;
    window.maxInFlight = Math.max(window.maxInFlight, inFlight);
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#windowEndsMs) return;
    this.#windowEndsMs = nowMs + WINDOW_MS;
    this.#window = { samples: 0, sumMs: 0, maxInFlight: 0 };
    if (window.samples >= WINDOW_MIN_SAMPLES)
      this.#round(window.sumMs / window.samples, window.maxInFlight, maxLimit);
  }

  #round(shortRttMs: number, maxInFlight: number, maxLimit: number): void {
    const longRttMs = this.#updateLong(shortRttMs);
    if (maxInFlight < this.#limit / 2) return;
    const gradient = Math.max(MIN_GRADIENT, Math.min(1, (TOLERANCE * longRttMs) / shortRttMs));
    const wanted = this.#limit * gradient + HEADROOM;
    const smoothed = this.#limit * (1 - SMOOTHING) + wanted * SMOOTHING;
    this.#limit = Math.min(maxLimit, Math.max(MIN_LIMIT, smoothed));
  }

  /** The mean with this round in it; what is kept for the next comes down where the mean is left over from overload. */
  #updateLong(shortRttMs: number): number {
    this.#rounds += 1;
    const weight = this.#rounds <= LONG_WARM_UP ? 1 / this.#rounds : 2 / (LONG_WINDOW + 1);
    const longRttMs = this.#longRttMs + (shortRttMs - this.#longRttMs) * weight;
    this.#longRttMs = longRttMs > shortRttMs * DRIFT_RATIO ? longRttMs * DRIFT_DECAY : longRttMs;
    return longRttMs;
  }
}
