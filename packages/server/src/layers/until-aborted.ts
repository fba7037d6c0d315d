import type { ServerCall } from "../server-call.js";

/** The values of `next()` until the call's signal aborts; then the abort's reason, without waiting for who makes the values. */
export async function* untilAborted<T>(next: () => AsyncIterable<T>, call: ServerCall): AsyncIterable<T> {
  call.signal.throwIfAborted();
  const iterator = next()[Symbol.asyncIterator]();
  const racer = createRacer(call.signal);
  let done = false;
  try {
    for (;;) {
      const step = await racer.race(() => iterator.next());
      done = step.done === true;
      if (step.done) return;
      yield step.value;
    }
  } finally {
    racer.clear();
    // A handler that is still at work cannot be waited for; how it ends is only of interest to the log.
    if (!done)
      iterator.return?.().catch((error: unknown) => call.log.debug({ err: error }, "call ended late"));
  }
}

/**
 * Races one piece of work after the other against a signal. (Promise.race with one promise for the signal would hold on to every piece of
 * work until the signal aborts, which for a long stream is a leak.)
 */
function createRacer(signal: AbortSignal) {
  let giveUp: (reason: unknown) => void = () => {};
  const onAbort = () => giveUp(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  return {
    race<R>(work: () => Promise<R>): Promise<R> {
      return new Promise((resolve, reject) => {
        giveUp = reject;
        if (signal.aborted) onAbort();
        else work().then(resolve, reject);
      });
    },
    clear: () => signal.removeEventListener("abort", onAbort),
  };
}
