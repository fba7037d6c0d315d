import type { Clock, Timer } from "@charter/time";

interface PendingTimer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** Rounds of the event loop that `advance` grants to what a timer has set in motion. */
const settleRounds = 3;

/** A clock that stands still until the test advances it. */
export class ManualClock implements Clock {
  readonly #startMs: number;
  readonly #timers = new Set<PendingTimer>();
  readonly #waiters = new Set<() => void>();
  #elapsedMs = 0;

  /** @param startMs What `nowMs` shows at first, in milliseconds since the Unix epoch; 2024-01-01 by default. */
  constructor(startMs = Date.UTC(2024, 0, 1)) {
    this.#startMs = startMs;
  }

  nowMs(): number {
    return this.#startMs + this.#elapsedMs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const timer = { atMs: this.#elapsedMs + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    for (const wake of this.#waiters) wake();
    return { clear: () => void this.#timers.delete(timer) };
  }

  /** How many timers are set and not yet run: what a test reads to see that nothing was left behind. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /**
   * Moves the time on by `ms` and runs every timer that falls due on the way, in order, those included that earlier ones set.
   * After each it lets promise callbacks run; it cannot wait for real input and output.
   */
  async advance(ms: number): Promise<void> {
    const endMs = this.#elapsedMs + ms;
    await settle();
    for (let timer = this.#next(endMs); timer; timer = this.#next(endMs)) {
      this.#timers.delete(timer);
      this.#elapsedMs = Math.max(this.#elapsedMs, timer.atMs);
      timer.callback();
      await settle();
    }
    this.#elapsedMs = endMs;
  }

  /** Resolves as soon as at least `count` timers are pending: the code under test has begun to wait. */
  async timersPending(count = 1): Promise<void> {
    while (this.#timers.size < count) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiters.delete(wake);
          resolve();
        };
        this.#waiters.add(wake);
      });
    }
  }

  #next(endMs: number): PendingTimer | undefined {
    let first: PendingTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.atMs <= endMs && (!first || timer.atMs < first.atMs)) first = timer;
    }
    return first;
  }
}

async function settle(): Promise<void> {
  for (let round = 0; round < settleRounds; round += 1) await new Promise((resolve) => setImmediate(resolve));
}
