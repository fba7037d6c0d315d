import { AsyncLocalStorage } from "node:async_hooks";
import { type Clock, systemClock, type Timer } from "./clock.js";

export interface RepeatOptions {
  /** The pause between the end of one round and the beginning of the next; also before the first. */
  readonly pauseMs: number;
  /** Hears of a round that failed; the next one comes all the same. */
  readonly onError: (error: unknown) => void;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** Work that is done again and again until it is stopped. */
export interface Repeated {
  /** Begins with a pause. Starting twice, or after the stop, is a no-op. */
  start(): void;
  /** No round begins any more; resolves when the running one has ended. Its signal is aborted, so that a long one can end early. */
  stop(): Promise<void>;
}

/** Runs `round` after each pause, one at a time, for housekeeping that belongs to no call. It starts once it is told to. */
export function repeat(round: (signal: AbortSignal) => Promise<unknown>, options: RepeatOptions): Repeated {
  const { pauseMs, onError, clock = systemClock } = options;
  // Whoever starts it may be in a call, whose context would otherwise go along with every round.
  const inNoCall = AsyncLocalStorage.snapshot();
  const ending = new AbortController();
  let timer: Timer | undefined;
  let running: Promise<void> = Promise.resolve();

  const run = async () => {
    try {
      await round(ending.signal);
    } catch (error) {
      onError(error);
    }
    timer = undefined;
    start();
  };
  const start = () => {
    if (timer || ending.signal.aborted) return;
    timer = clock.setTimer(() => {
      running = inNoCall(run);
    }, pauseMs);
  };
  return {
    start,
    async stop() {
      ending.abort();
      timer?.clear();
      await running;
    },
  };
}
