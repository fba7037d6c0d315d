import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock, Timer } from "@charter/time";

/**
 * One timer for many moments: it is set for the earliest that it was told of. Nearly all that is waited for comes long before its last moment, so
 * the timer goes off once in such a time rather than being set and cleared for each. It keeps no process alive.
 */
export class EarliestTimer {
  readonly #clock: Clock;
  readonly #look: () => number;
  /** Whoever sets it may be at work for one call, and it goes off for others. */
  readonly #inNoCall = AsyncLocalStorage.snapshot();
  #timer: Timer | undefined;
  #dueMs = Number.POSITIVE_INFINITY;

  /** @param look Does what is due, and tells the earliest moment that is left, on the monotonic scale; infinity for none. */
  constructor(clock: Clock, look: () => number) {
    this.#clock = clock;
    this.#look = look;
  }

  /** Has `look` called at this moment, unless it is called before. */
  by(atMs: number): void {
    if (atMs >= this.#dueMs) return;
    this.#timer?.clear();
    this.#dueMs = atMs;
    this.#timer = this.#clock.setTimer(this.#goOff, atMs - this.#clock.monotonicMs());
  }

  readonly #goOff = (): void => {
    this.#timer = undefined;
    this.#dueMs = Number.POSITIVE_INFINITY;
    this.by(this.#inNoCall(this.#look));
  };
}
