import type { Executor } from "@charter/postgres";
import { type Clock, systemClock } from "@charter/time";
import { sql } from "kysely";

/** A saga as an operator sees it. */
export interface SagaStatus {
  readonly id: string;
  readonly name: string;
  /** "stuck": it has failed often where it cannot turn back. It is still retried, and `retrySaga` does so at once. */
  readonly status: "running" | "compensating" | "stuck" | "completed" | "compensated";
  /** The step it stands at, or ended with. */
  readonly step: string;
  readonly direction: "forward" | "backward";
  /** Attempts of this step in this direction. */
  readonly attempt: number;
  /** Why the latest failed attempt failed; of the step that made the saga turn back, at least. */
  readonly lastError: string | null;
  readonly state: unknown;
  /** When it may be claimed next. */
  readonly dueAt: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const view = sql`id, name, step, direction, attempt, state, last_error AS "lastError",
  due_at AS "dueAt", created_at AS "createdAt", updated_at AS "updatedAt",
  CASE WHEN outcome IS NOT NULL THEN outcome WHEN stuck THEN 'stuck'
    WHEN direction = 'backward' THEN 'compensating' ELSE 'running' END AS status`;

/** The saga with this id, if there is one. */
export async function sagaStatus(db: Executor, id: string): Promise<SagaStatus | undefined> {
  const { rows } = await sql<SagaStatus>`SELECT ${view} FROM charter_saga WHERE id = ${id}`.execute(db);
  return rows[0];
}

/** Sagas that need a look, the oldest first, at most `limit` (default 100). */
export async function listStuckSagas(
  db: Executor,
  { limit = 100 }: { readonly limit?: number } = {},
): Promise<readonly SagaStatus[]> {
  const { rows } = await sql<SagaStatus>`
    SELECT ${view} FROM charter_saga WHERE stuck ORDER BY created_at, id LIMIT ${limit}`.execute(db);
  return rows;
}

/**
 * Makes a waiting saga due at once and counts its attempts from the start again. Returns false, and changes nothing, when it has ended, does not
 * exist, or a worker is at it just now.
 */
export async function retrySaga(
  db: Executor,
  id: string,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): Promise<boolean> {
  const now = new Date(clock.nowMs());
  const { numAffectedRows } =
    await sql`UPDATE charter_saga SET due_at = ${now}, attempt = 0, updated_at = ${now}
    WHERE id = ${id} AND outcome IS NULL AND owner IS NULL`.execute(db);
  return numAffectedRows === 1n;
}

/** Forgets sagas that ended before a moment, at most `limit` (default 1,000) per call; returns how many. */
export async function purgeSagas(
  db: Executor,
  { before, limit = 1_000 }: { readonly before: Date; readonly limit?: number },
): Promise<number> {
  const { numAffectedRows } = await sql`DELETE FROM charter_saga WHERE id = ANY (ARRAY(
    SELECT id FROM charter_saga WHERE outcome IS NOT NULL AND updated_at < ${before}
    ORDER BY updated_at LIMIT ${limit} FOR UPDATE SKIP LOCKED))`.execute(db);
  return Number(numAffectedRows ?? 0n);
}
