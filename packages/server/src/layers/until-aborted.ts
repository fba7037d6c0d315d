import type { ServerCall } from "../server-call.js";

/** The values of `next()` until the call's signal aborts; then the abort's reason, without waiting for who makes the values. */
export async function* untilAborted<T>(next: () => AsyncIterable<T>, call: ServerCall): AsyncIterable<T> {
  const abort = abortion(call.signal);
  let done = false;
  const iterator = next()[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await Promise.race([iterator.next(), abort.promise]);
      if (step.done) {
        done = true;
        return;
      }
      yield step.value;
    }
  } finally {
    abort.forget();
    // A handler that is still at work cannot be waited for; how it ends is only of interest to the log.
    if (!done)
      iterator.return?.().catch((error: unknown) => call.log.debug({ err: error }, "call ended late"));
  }
}

function abortion(signal: AbortSignal): { promise: Promise<never>; forget: () => void } {
  let forget = () => {};
  const promise = new Promise<never>((_, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    forget = () => signal.removeEventListener("abort", onAbort);
  });
  // It may reject while nothing races against it.
  promise.catch(() => {});
  return { promise, forget };
}
