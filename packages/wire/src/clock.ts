/** Where a connection's time comes from, so that a test can own it. */
export interface WireClock {
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonicMs(): number;
  /** Calls back once after `delayMs`, as soon as may be where that is none or has passed. A pending timer does not keep the process alive. */
  setTimer(callback: () => void, delayMs: number): { clear(): void };
}

/** The machine's time. */
export const systemWireClock: WireClock = {
  monotonicMs: () => performance.now(),
  setTimer(callback, delayMs) {
    const handle = setTimeout(callback, Math.max(0, delayMs));
    handle.unref();
    return { clear: () => clearTimeout(handle) };
  },
};
