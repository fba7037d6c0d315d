import type { ControlledTransaction } from "kysely";
import { type Database, poolOf } from "./database.js";
import { retried } from "./in-transaction.js";
import { SharedTransaction, seatOn } from "./joining/shared-transaction.js";
import { type AnswerKey, claimKey, KeyReusedError, storeAnswer, storedAnswer } from "./stored-answers.js";

export interface Answer {
  /** Byte for byte what `execute` gave the first time. */
  readonly answer: Uint8Array;
  /** Whether it was stored by an earlier call. */
  readonly replayed: boolean;
}

/** Keeps answers by idempotency key, each in the transaction that has the effect it tells of. */
export interface AnswerStore {
  /**
   * Has the effect of `execute` at most once per scope and key within the retention, and gives every later call the first answer.
   *
   * Whatever `execute` does on the same database, but for what it does `apart`, joins one transaction in which its answer is stored: all
   * of it is committed, or nothing. The transaction begins with the first such statement; there duplicates of a call that is under
   * way wait for its end. Until then, and after a deadlock, `execute` may run more than once, so it must have no effect elsewhere
   * that bears no repeat. Transactions that it begins become savepoints and cannot choose their isolation.
   *
   * @throws KeyReusedError when the key was used with another fingerprint
   */
  run(key: AnswerKey, execute: () => Promise<Uint8Array>): Promise<Answer>;
}

/** A store in the database's own table, which comes with `idempotencyMigration`. */
export function createAnswerStore<Schema>(db: Database<Schema>): AnswerStore {
  return {
    async run(key, execute) {
      const earlier = await storedAnswer(db, key);
      if (earlier) return { answer: earlier, replayed: true };
      return retried(() => answer(db, key, execute));
    },
  };
}

/** Runs work once the transaction is committed that the caller's statements join; at once where they join none. */
export function whenCommitted<Schema>(db: Database<Schema>, work: () => void): void {
  const seat = seatOn(poolOf(db));
  if (seat) seat.transaction.whenCommitted(work);
  else work();
}

/** Somebody was first; the transaction and what led to it are of no use. */
class AlreadyAnsweredError extends Error {}

async function answer<Schema>(
  db: Database<Schema>,
  key: AnswerKey,
  execute: () => Promise<Uint8Array>,
): Promise<Answer> {
  const shared = new SharedTransaction(poolOf(db), () => begin(db, key));
  let given: Uint8Array;
  try {
    given = await shared.share(execute);
    const tx = await shared.begin();
    shared.close();
    await storeAnswer(tx, key, given);
    await tx.commit().execute();
  } catch (error) {
    shared.close();
    await undo(shared.begun);
    return { answer: await earlierAnswer(db, key, error), replayed: true };
  }
  shared.committed();
  return { answer: given, replayed: false };
}

async function begin<Schema>(db: Database<Schema>, key: AnswerKey): Promise<ControlledTransaction<Schema>> {
  const tx = await db.startTransaction().execute();
  try {
    if (!(await claimKey(tx, key))) throw new AlreadyAnsweredError();
    return tx;
  } catch (error) {
    await undo(Promise.resolve(tx));
    throw error;
  }
}

// Where it never began, or its connection is dead, there is nothing to undo; what matters is the error that led here.
async function undo(
  begun: Promise<Pick<ControlledTransaction<unknown>, "rollback">> | undefined,
): Promise<void> {
  const rolledBack = begun?.then((tx) => tx.rollback().execute());
  await rolledBack?.catch(() => undefined);
}

/**
 * A call may well fail because one with the same key has just succeeded; then that one's answer counts, and otherwise the failure. It also
 * settles what became of a commit whose connection was lost.
 */
async function earlierAnswer<Schema>(
  db: Database<Schema>,
  key: AnswerKey,
  failure: unknown,
): Promise<Uint8Array> {
  const earlier = await storedAnswer(db, key).catch((error: unknown) => {
    throw error instanceof KeyReusedError ? error : failure;
  });
  if (!earlier) throw failure;
  return earlier;
}
