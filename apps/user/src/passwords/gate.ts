/** Every place is taken, and so is every place in the queue for one. */
export class GateFullError extends Error {
  override readonly name = "GateFullError";
}

/** Lets a bounded number of jobs run at once. */
export interface Gate {
  /**
   * Runs the job as soon as a place is free; those who wait take turns in the order in which they came.
   * @throws GateFullError at once when the queue is full.
   * @throws The signal's reason when it aborts before the job has begun; a job that runs is not interrupted.
   */
  run<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** What `createGate` takes; both at least 1. */
export interface GateOptions {
  readonly maxRunning: number;
  readonly maxWaiting: number;
}

/** A gate with all places free. */
export function createGate({ maxRunning, maxWaiting }: GateOptions): Gate {
  const waiting = new Set<() => void>();
  let running = 0;

  const leave = () => {
    const [next] = waiting;
    if (!next) {
      running -= 1;
      return;
    }
    // The place goes straight to the next one, so nobody can slip in between.
    waiting.delete(next);
    next();
  };

  const enter = (signal: AbortSignal | undefined): Promise<void> => {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (running < maxRunning) {
      running += 1;
      return Promise.resolve();
    }
    if (waiting.size >= maxWaiting) return Promise.reject(new GateFullError("the queue is full"));
    return wait(waiting, signal);
  };

  return {
    async run(job, signal) {
      await enter(signal);
      try {
        return await job();
      } finally {
        leave();
      }
    },
  };
}

function wait(waiting: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const admit = () => {
      signal?.removeEventListener("abort", abandon);
      resolve();
    };
    const abandon = () => {
      waiting.delete(admit);
      reject(signal?.reason);
    };
    waiting.add(admit);
    signal?.addEventListener("abort", abandon, { once: true });
  });
}
