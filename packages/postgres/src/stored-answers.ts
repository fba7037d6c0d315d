import { createHash, timingSafeEqual } from "node:crypto";
import { sql } from "kysely";
import type { Executor } from "./database.js";
import type { Migration } from "./migrate.js";

/** Which answer it is, and to what. */
export interface AnswerKey {
  /** Whose key it is, such as the RPC and its caller: keys of different scopes never meet. */
  readonly scope: string;
  /** The caller's idempotency key. */
  readonly key: string;
  /** What the request says, in a form that is equal exactly for equal requests. Only its SHA-256 is stored. */
  readonly fingerprint: Uint8Array | string;
  /** How long an answer counts; after that the key is as good as new. */
  readonly retentionMs: number;
}

/** The same idempotency key came with another request. */
export class KeyReusedError extends Error {
  override readonly name = "KeyReusedError";
  readonly scope: string;
  readonly key: string;

  constructor(scope: string, key: string) {
    super("The idempotency key was used before for another request");
    this.scope = scope;
    this.key = key;
  }
}

/** The table that answers are stored in. */
export const idempotencyMigration: Migration = {
  async up(tx) {
    await sql`CREATE TABLE charter_answer (
      scope text NOT NULL,
      key text NOT NULL,
      fingerprint bytea NOT NULL,
      answer bytea NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (scope, key)
    )`.execute(tx);
    await sql`CREATE INDEX charter_answer_by_age ON charter_answer (created_at)`.execute(tx);
  },
};

/** The answer that is stored under the key; undefined where there is none. Throws KeyReusedError when it answered another request. */
export async function storedAnswer(db: Executor, key: AnswerKey): Promise<Uint8Array | undefined> {
  const { rows } = await sql<{ fingerprint: Uint8Array; answer: Uint8Array }>`
    SELECT fingerprint, answer FROM charter_answer
    WHERE scope = ${key.scope} AND key = ${key.key} AND created_at > ${expiry(key)}`.execute(db);
  const stored = rows[0];
  if (stored && !timingSafeEqual(stored.fingerprint, digestOf(key)))
    throw new KeyReusedError(key.scope, key.key);
  return stored?.answer;
}

/** Keeps everybody else with this key waiting until the transaction ends; false where an answer is stored already. */
export async function claimKey(tx: Executor, key: AnswerKey): Promise<boolean> {
  const name = JSON.stringify([key.scope, key.key]);
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx);
  // A statement of its own: its snapshot is newer than the lock, so it sees what the holder before committed.
  const { rows } = await sql`
    WITH expired AS (
      DELETE FROM charter_answer
      WHERE scope = ${key.scope} AND key = ${key.key} AND created_at <= ${expiry(key)})
    SELECT FROM charter_answer WHERE scope = ${key.scope} AND key = ${key.key} AND created_at > ${expiry(key)}`.execute(
    tx,
  );
  return rows.length === 0;
}

/** Stores the answer to a key that the transaction has claimed. */
export async function storeAnswer(tx: Executor, key: AnswerKey, answer: Uint8Array): Promise<void> {
  await sql`INSERT INTO charter_answer (scope, key, fingerprint, answer)
    VALUES (${key.scope}, ${key.key}, ${digestOf(key)}, ${answer})`.execute(tx);
}

function digestOf({ fingerprint }: AnswerKey): Buffer {
  return createHash("sha256").update(fingerprint).digest();
}

const expiry = ({ retentionMs }: AnswerKey) => sql`now() - ${retentionMs}::float8 * interval '1 millisecond'`;

/**
 * Forgets answers that were stored before a moment, at most `limit` (default 1,000) per call; returns how many. Call it again while it
 * returns `limit`.
 */
export async function purgeAnswers(
  db: Executor,
  { before, limit = 1_000 }: { readonly before: Date; readonly limit?: number },
): Promise<number> {
  const result = await sql`DELETE FROM charter_answer WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM charter_answer WHERE created_at < ${before} ORDER BY created_at LIMIT ${limit} FOR UPDATE SKIP LOCKED))`.execute(
    db,
  );
  return Number(result.numAffectedRows ?? 0n);
}
