import type { Wait } from "../server-call.js";

/** A wait as a promise; rejects with the signal's reason once nobody waits any more. */
export function waitOver(wait: Wait, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abandon = () => {
      wait.abandon();
      reject(signal.reason);
    };
    const end = () => signal.removeEventListener("abort", abandon);
    signal.addEventListener("abort", abandon, { once: true });
    wait.ended(
      () => {
        end();
        resolve();
      },
      (refusal) => {
        end();
        reject(refusal);
      },
    );
  });
}
