import type { ManualClock } from "@charter/testing";
import { type Clock, systemClock, type Timer } from "@charter/time";

/**
 * The machine's time, put forward by as much as a test has advanced its own clock. For what waits for real input and output,
 * such as a channel, and yet must see that time has passed.
 */
export class LeapingClock implements Clock {
  readonly #leaps: ManualClock;

  constructor(leaps: ManualClock) {
    this.#leaps = leaps;
  }

  nowMs(): number {
    return systemClock.nowMs() + this.#leaps.monotonicMs();
  }

  monotonicMs(): number {
    return systemClock.monotonicMs() + this.#leaps.monotonicMs();
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    return systemClock.setTimer(callback, delayMs);
  }
}
