import { createHash, timingSafeEqual } from "node:crypto";
import { sql, type Transaction } from "kysely";
import type { Executor } from "./database.js";
import type { Migration } from "./migrate.js";

export interface OnceOptions {
  /** Whose key it is, such as the RPC and its caller: keys of different scopes never meet. */
  readonly scope: string;
  /** The caller's idempotency key. */
  readonly key: string;
  /** What the request says, in a form that is equal exactly for equal requests. Only its SHA-256 is stored. */
  readonly fingerprint: Uint8Array | string;
  /** How long an answer counts; after that the key is as good as new. Default: until it is purged. */
  readonly retentionMs?: number;
}

export interface Answer {
  /** Byte for byte what `run` gave the first time. */
  readonly answer: Uint8Array;
  /** Whether it was stored by an earlier call. */
  readonly replayed: boolean;
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

/** The table behind `once`. */
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

/**
 * Runs `run` at most once per scope and key, and gives every later call the first answer. Effect and answer are committed together
 * by the caller's transaction; where it rolls back, the key is free again. A duplicate that comes while the first is still running
 * waits for its end. It is for handlers that hold several transactions or ask other services before theirs; all others need no line, for
 * `createAnswerStore` does the same around them. Throws KeyReusedError when the key was used with another fingerprint; `run`'s own error passes through.
 */
export async function once<Schema>(
  tx: Transaction<Schema>,
  { scope, key, fingerprint, retentionMs }: OnceOptions,
  run: () => Promise<Uint8Array>,
): Promise<Answer> {
  const digest = createHash("sha256").update(fingerprint).digest();
  // Held to the end of the transaction. The next statement has a newer snapshot, so it sees what the holder committed.
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${JSON.stringify([scope, key])}, 0))`.execute(tx);
  if (retentionMs !== undefined) await forgetExpired(tx, { scope, key, retentionMs });
  const stored = await sql<{ fingerprint: Uint8Array; answer: Uint8Array }>`
    SELECT fingerprint, answer FROM charter_answer WHERE scope = ${scope} AND key = ${key}`.execute(tx);
  const first = stored.rows[0];
  if (first) {
    if (!timingSafeEqual(first.fingerprint, digest)) throw new KeyReusedError(scope, key);
    return { answer: first.answer, replayed: true };
  }
  const answer = await run();
  // Above READ COMMITTED the snapshot may be older than the lock. A row it cannot see then makes this statement fail with
  // 40001 instead of passing it by, and inTransaction runs everything again.
  await sql`INSERT INTO charter_answer (scope, key, fingerprint, answer)
    VALUES (${scope}, ${key}, ${digest}, ${answer}) ON CONFLICT DO NOTHING`.execute(tx);
  return { answer, replayed: false };
}

async function forgetExpired<Schema>(
  tx: Transaction<Schema>,
  { scope, key, retentionMs }: { scope: string; key: string; retentionMs: number },
): Promise<void> {
  await sql`DELETE FROM charter_answer WHERE scope = ${scope} AND key = ${key}
    AND created_at <= now() - ${retentionMs}::float8 * interval '1 millisecond'`.execute(tx);
}

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
