import type { ManualClock } from "@charter/testing";

/** Lets time pass on a manual clock, in steps with real input and output between them, until a promise has settled. */
export async function passing<T>(clock: ManualClock, promise: Promise<T>, stepMs = 20): Promise<T> {
  let done = false;
  const settled = promise.finally(() => {
    done = true;
  });
  while (!done) await clock.advance(stepMs);
  return settled;
}
