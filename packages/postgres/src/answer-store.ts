import { type Database, poolOf } from "./database.js";
import { inTransaction } from "./in-transaction.js";
import { sharing } from "./joining/shared-transaction.js";
import { type Answer, type OnceOptions, once } from "./once.js";

/** Keeps answers by idempotency key, each in the transaction that has the effect it tells of. */
export interface AnswerStore {
  /**
   * Runs `execute` at most once per scope and key within the retention, and gives every later call the first answer, as `once` does.
   * Whatever `execute` does on the same database joins the transaction in which its answer is stored: all of it is committed, or
   * nothing. It may run again after a deadlock, so it must have no effect elsewhere that bears no repeat. Transactions that
   * it begins become savepoints and cannot choose their isolation.
   *
   * @throws KeyReusedError when the key was used with another fingerprint
   */
  run(key: Required<OnceOptions>, execute: () => Promise<Uint8Array>): Promise<Answer>;
}

/** A store in the database's own table, which comes with `idempotencyMigration`. */
export function createAnswerStore<Schema>(db: Database<Schema>): AnswerStore {
  const pool = poolOf(db);
  return {
    run: (key, execute) => sharing(pool, () => inTransaction(db, (tx) => once(tx, key, execute))),
  };
}
