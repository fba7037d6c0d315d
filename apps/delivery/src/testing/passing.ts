import type { ManualClock } from "@charter/testing";

export interface PassingOptions {
  /** How many timers are pending when everybody waits: time passes only then, so it never outruns real input and output. */
  readonly timers: number;
  /** Milliseconds per step. Default 100. */
  readonly stepMs?: number;
}

/** Lets time pass on a manual clock, step by step, until a promise has settled. */
export async function passing<T>(
  clock: ManualClock,
  promise: Promise<T>,
  { timers, stepMs = 100 }: PassingOptions,
): Promise<T> {
  let done = false;
  const settled = promise.finally(() => {
    done = true;
  });
  while (!done) {
    await Promise.race([settled, clock.timersPending(timers)]);
    await clock.advance(stepMs);
  }
  return settled;
}
