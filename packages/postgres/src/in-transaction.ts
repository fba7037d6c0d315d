import { type Clock, type Deadline, sleep, systemClock } from "@charter/time";
import type { Transaction } from "kysely";
import { withBounds } from "./bounds/work-bounds.js";
import type { Transactional } from "./database.js";
import { isDeadlock, isSerializationFailure, isStalePlan } from "./errors.js";

export interface TransactionOptions {
  /** Default "read committed", the server's own. */
  readonly isolation?: "read committed" | "repeatable read" | "serializable";
  /** Bound on runs of the body, the first included. Default 8. */
  readonly maxAttempts?: number;
  /** No statement and no retry starts after it, and no statement outlasts it. Default: only what bounds the caller's work anyway. */
  readonly deadline?: Deadline;
  /** Cancels the statement that is running, and ends the wait between two attempts. Default: as for the deadline. */
  readonly signal?: AbortSignal;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Source of jitter in [0, 1). Default Math.random. */
  readonly random?: () => number;
}

const baseBackoffMs = 5;
const maxBackoffMs = 250;

/**
 * Runs `body` in one transaction: commits when it resolves, rolls back and throws its error when it rejects.
 *
 * A serialization failure (40001), a deadlock (40P01) or a table that changed under a prepared statement runs the body again, after a
 * fully jittered pause that doubles from 5 ms up to 250 ms; so the body may run several times and must have no effect outside the
 * transaction. The last failure is thrown as it is.
 * A connection that is lost during commit is not retried: the outcome is unknown.
 */
export function inTransaction<Schema, T>(
  db: Transactional<Schema>,
  body: (tx: Transaction<Schema>) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  return retried(() => withBounds(options, () => runOnce(db, body, options)), options);
}

/** Runs `attempt`, which undoes what it did where it fails, again after a serialization failure or deadlock, as `inTransaction` does. */
export async function retried<T>(
  attempt: () => Promise<T>,
  { maxAttempts = 8, clock = systemClock, random = Math.random, deadline, signal }: TransactionOptions = {},
): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (count >= maxAttempts || deadline?.expired || !isRetryable(error)) throw error;
    }
    const ceilingMs = Math.min(maxBackoffMs, baseBackoffMs * 2 ** (count - 1));
    await sleep(clock, random() * ceilingMs, signal);
  }
}

function isRetryable(error: unknown): boolean {
  return isSerializationFailure(error) || isDeadlock(error) || isStalePlan(error);
}

async function runOnce<Schema, T>(
  db: Transactional<Schema>,
  body: (tx: Transaction<Schema>) => Promise<T>,
  { isolation }: TransactionOptions,
): Promise<T> {
  let cause: { error: unknown } | undefined;
  const builder = isolation ? db.transaction().setIsolationLevel(isolation) : db.transaction();
  try {
    return await builder.execute(async (tx) => {
      try {
        return await body(tx);
      } catch (error) {
        cause = { error };
        throw error;
      }
    });
  } catch (error) {
    // A rollback on a dead connection fails too; what the caller needs is the error that led to it.
    throw cause ? cause.error : error;
  }
}
