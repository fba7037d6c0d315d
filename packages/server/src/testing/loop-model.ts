import type { Criticality } from "@charter/policy";
import type { Clock, Timer } from "@charter/time";

/** A call that comes to a modelled server. */
export interface ModelCall {
  readonly atMs: number;
  readonly criticality: Criticality;
}

/** How it ended: after how long, and whether it was let in. */
export interface ModelOutcome extends ModelCall {
  readonly tookMs: number;
  readonly served: boolean;
}

/** Rounds of promise callbacks that one callback of the loop is given. */
const SETTLE_ROUNDS = 8;

/**
 * An event loop whose time is counted rather than spent: callbacks cost what they say with `spend`, arrivals wait while it is busy, and it
 * does in each turn what Node does: due timers, what has arrived, immediates.
 */
export class LoopModel implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<{ atMs: number; callback: () => void }>();
  #immediates: (() => void)[] = [];

  nowMs = () => this.#nowMs;
  monotonicMs = () => this.#nowMs;

  setTimer(callback: () => void, delayMs: number): Timer {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return { clear: () => void this.#timers.delete(timer) };
  }

  readonly setImmediate = (callback: () => void) => void this.#immediates.push(callback);

  /** Keeps the loop busy. */
  spend(ms: number): void {
    this.#nowMs += ms;
  }

  /** Runs until all calls have arrived and nothing is left to do at once. `arrive` is called for each. */
  async run(calls: readonly ModelCall[], arrive: (call: ModelCall) => void): Promise<void> {
    let next = 0;
    while (next < calls.length || this.#immediates.length > 0) {
      await this.#runTimers();
      const polledMs = this.#nowMs;
      for (let call = calls[next]; call && call.atMs <= polledMs; call = calls[next]) {
        next += 1;
        arrive(call);
        await settle();
      }
      await this.#runImmediates();
      if (this.#immediates.length === 0) this.#sleepUntil(calls[next]?.atMs);
    }
  }

  async #runTimers(): Promise<void> {
    for (const timer of this.#timers) {
      if (timer.atMs > this.#nowMs) continue;
      this.#timers.delete(timer);
      timer.callback();
      await settle();
    }
  }

  async #runImmediates(): Promise<void> {
    const due = this.#immediates;
    this.#immediates = [];
    for (const callback of due) {
      callback();
      await settle();
    }
  }

  #sleepUntil(arrivalMs = Number.POSITIVE_INFINITY): void {
    const wakeMs = Math.min(arrivalMs, ...Array.from(this.#timers, (it) => it.atMs));
    if (Number.isFinite(wakeMs)) this.#nowMs = Math.max(this.#nowMs, wakeMs);
  }
}

/** Arrivals at random moments, `perSecond` on average. */
export function poissonCalls(
  perSecond: number,
  lastMs: number,
  random: () => number,
  criticalityAt: (index: number) => Criticality,
): ModelCall[] {
  const calls: ModelCall[] = [];
  const gap = () => (-Math.log(1 - random()) * 1_000) / perSecond;
  for (let atMs = gap(); atMs < lastMs; atMs += gap())
    calls.push({ atMs, criticality: criticalityAt(calls.length) });
  return calls;
}

async function settle(): Promise<void> {
  for (let round = 0; round < SETTLE_ROUNDS; round += 1) await Promise.resolve();
}
