import { outcomeOf, retryAfterMs } from "@charter/client";
import { sleep, systemClock } from "@charter/time";

/** The most repeats of one call. */
const MAX_ATTEMPTS = 500;
/** The pause between two where the shop does not ask for another. It is real: the shop runs in processes of its own. */
export const PAUSE_MS = 100;

/**
 * Makes a call until it is answered for good, as somebody does whom a busy or restarted shop turns away: after the pause that the shop
 * asks for. Only for calls that may be repeated.
 */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (outcomeOf(error) === "refused" || attempt === MAX_ATTEMPTS) throw error;
      await sleep(systemClock, retryAfterMs(error) ?? PAUSE_MS);
    }
  }
}
