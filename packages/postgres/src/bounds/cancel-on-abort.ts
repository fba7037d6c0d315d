import { type Clock, sleep } from "@charter/time";
import { type Backend, cancelRequest } from "./cancel-request.js";
import type { Bounds } from "./work-bounds.js";

/** How long the server may take to accept one request. */
const REQUEST_MS = 1_000;
/** A request that overtakes its statement does nothing, so it is repeated after this. */
const REPEAT_MS = 50;
/** Requests for one statement; after them its timeout ends it. */
const MAX_REQUESTS = 5;

/** Waits for a signal while a statement runs. */
export interface Watch {
  /** To be awaited when the statement has ended, before its connection runs another. False when a cancel may still be on its way. */
  end(): Promise<boolean>;
}

/** Cancels what the backend is running when one of the signals aborts before the watch ends. */
export function cancelOnAbort(backend: Backend, bounds: Bounds, clock: Clock): Watch {
  let cancelling: { readonly ended: AbortController; readonly done: Promise<boolean> } | undefined;
  const onAbort = () => {
    if (cancelling) return;
    const ended = new AbortController();
    cancelling = { ended, done: cancel(backend, clock, ended.signal) };
  };
  const signals = bounds.flatMap(({ signal }) => signal ?? []);
  for (const signal of signals) signal.addEventListener("abort", onAbort, { once: true });
  return {
    async end() {
      cancelling?.ended.abort();
      for (const signal of signals) signal.removeEventListener("abort", onAbort);
      return cancelling?.done ?? true;
    },
  };
}

async function cancel(backend: Backend, clock: Clock, ended: AbortSignal): Promise<boolean> {
  for (let request = 0; request < MAX_REQUESTS && !ended.aborted; request += 1) {
    const passedOn = await cancelRequest(backend, clock, REQUEST_MS).then(
      () => true,
      () => false,
    );
    if (!passedOn) return false;
    await pause(clock, ended);
  }
  return true;
}

/** Waits until the request should have worked, or until the statement has ended. */
async function pause(clock: Clock, ended: AbortSignal): Promise<void> {
  await sleep(clock, REPEAT_MS, ended).catch(() => ended.aborted);
}
