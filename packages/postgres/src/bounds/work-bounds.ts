import { AsyncLocalStorage } from "node:async_hooks";
import type { Deadline } from "@charter/time";

/** What bounds the statements of a piece of work, e.g. of the call that a service is serving. */
export interface WorkBounds {
  /** No statement starts once it has passed, and none runs longer than what remains of it. Default: none. */
  readonly deadline?: Deadline | undefined;
  /** No statement starts once it has aborted, and one that is running is cancelled. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The work that a statement was for is over. Named "TimeoutError" when its deadline has passed and "AbortError" when its signal has
 * aborted, as the errors of the platform are. A statement that was sent may have had its effect only if it was the commit.
 */
export class WorkOverError extends Error {
  constructor(name: "TimeoutError" | "AbortError", cause?: unknown) {
    super(
      name === "TimeoutError" ? "The deadline of this statement has passed" : "This statement was given up",
      {
        cause,
      },
    );
    this.name = name;
  }
}

/** All bounds that act on one statement. */
export type Bounds = readonly WorkBounds[];

const own = new AsyncLocalStorage<Bounds>();

/** Bounds every statement that `work` causes, beside what bounds it already. */
export function withBounds<T>(bounds: WorkBounds, work: () => T): T {
  return bounds.deadline || bounds.signal ? own.run([...ownBounds(), bounds], work) : work();
}

/** What `withBounds` has put around the statement at hand. */
export function ownBounds(): Bounds {
  return own.getStore() ?? [];
}

/** Milliseconds that a statement may take; Infinity where nothing bounds it. */
export function remainingMs(bounds: Bounds): number {
  return Math.min(...bounds.map(({ deadline }) => deadline?.remainingMs() ?? Number.POSITIVE_INFINITY));
}

/** Why no statement may run any more; undefined where one may. `cause` is what the server made of the last one. */
export function whyOver(bounds: Bounds, cause?: unknown): WorkOverError | undefined {
  if (bounds.some(({ deadline }) => deadline?.expired)) return new WorkOverError("TimeoutError", cause);
  const aborted = bounds.find(({ signal }) => signal?.aborted);
  return aborted && new WorkOverError("AbortError", cause ?? aborted.signal?.reason);
}
