import { sleep, systemClock } from "@charter/time";

const LOOK_EVERY_MS = 5;
const DEFAULT_WITHIN_MS = 5_000;

/** Looks until there is something to see, and answers it. Throws where nothing comes within `withinMs`, by default 5,000. */
export async function until<T>(look: () => Promise<T | undefined>, withinMs = DEFAULT_WITHIN_MS): Promise<T> {
  const endMs = systemClock.monotonicMs() + withinMs;
  while (systemClock.monotonicMs() < endMs) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await sleep(systemClock, LOOK_EVERY_MS);
  }
  throw new Error(`nothing came within ${withinMs} ms`);
}
