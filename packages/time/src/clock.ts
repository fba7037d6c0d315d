/** A running timer. Whoever sets it clears it. */
export interface Timer {
  clear(): void;
}

/** The only source of time in this repository, so that a test can own it. */
export interface Clock {
  /** Milliseconds since the Unix epoch; may jump when the machine's clock is set. For what is stored or shown. */
  nowMs(): number;
  /** Milliseconds since an arbitrary start; never goes back. For deadlines, leases and measured durations. */
  monotonicMs(): number;
  /** Calls back once after `delayMs`, as soon as may be where that is none or has passed. A pending timer does not keep the process alive. */
  setTimer(callback: () => void, delayMs: number): Timer;
}

/** The machine's time. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(callback, delayMs) {
    const handle = setTimeout(callback, Math.max(0, delayMs));
    handle.unref();
    return { clear: () => clearTimeout(handle) };
  },
};
