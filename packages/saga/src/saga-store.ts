import { type Executor, inTransaction, type Transactional } from "@charter/postgres";
import { type RawBuilder, sql } from "kysely";
import { SagaFencedError } from "./errors.js";
import type { SagaRecord, Transition } from "./saga-record.js";

const columns = sql`id, name, state, direction, step, attempt, pivoted, fence, created_at AS "createdAt", trace`;

export interface ClaimOptions {
  readonly names: readonly string[];
  readonly owner: string;
  readonly now: Date;
  readonly leaseUntil: Date;
  readonly limit: number;
}

/** Takes sagas that are due and that no one holds (or whose holder's lease has run out), the longest due first. */
export async function claimDue(db: Executor, options: ClaimOptions): Promise<readonly SagaRecord[]> {
  const { names, owner, now, leaseUntil, limit } = options;
  const { rows } = await sql<SagaRecord>`
    UPDATE charter_saga
    SET fence = fence + 1, attempt = attempt + 1, owner = ${owner}, due_at = ${leaseUntil}, updated_at = ${now}
    WHERE id = ANY (ARRAY(
      SELECT id FROM charter_saga
      WHERE outcome IS NULL AND due_at <= ${now} AND name = ANY (${names})
      ORDER BY due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ))
    RETURNING ${columns}`.execute(db);
  return rows;
}

export interface Held {
  readonly id: string;
  readonly fence: bigint;
}

/**
 * Extends the leases of sagas and returns the ids of those that are still held. It never waits: one that a step's transaction has locked needs no
 * extension, since nobody can claim it meanwhile and the transaction extends it at its end.
 */
export async function renewLeases(
  db: Executor,
  held: readonly Held[],
  leaseUntil: Date,
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    WITH held AS (
      SELECT saga.id FROM charter_saga AS saga
      JOIN unnest(${held.map(({ id }) => id)}::text[], ${held.map(({ fence }) => fence)}::int8[]) AS mine (id, fence)
        USING (id, fence)
    ), free AS (
      SELECT id, fence FROM charter_saga WHERE id IN (SELECT id FROM held) FOR UPDATE SKIP LOCKED
    ), renewed AS (
      UPDATE charter_saga AS saga SET due_at = ${leaseUntil}
      FROM free WHERE saga.id = free.id AND saga.fence = free.fence
    )
    SELECT id FROM held`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

export interface KeepOptions {
  readonly state: unknown;
  /** Whether the commit passes the pivot. */
  readonly pivot: boolean;
  readonly leaseUntil: Date;
}

/** Stores a saga's state in the transaction that holds its row. */
export async function keepState(
  tx: Executor,
  { id }: Held,
  { state, pivot, leaseUntil }: KeepOptions,
): Promise<void> {
  await sql`UPDATE charter_saga SET state = ${JSON.stringify(state)}::jsonb, pivoted = pivoted OR ${pivot},
    due_at = ${leaseUntil} WHERE id = ${id}`.execute(tx);
}

/** Stores nothing but a saga's state, in the transaction that holds its row. */
export async function storeState(tx: Executor, { id }: Held, state: unknown): Promise<void> {
  await sql`UPDATE charter_saga SET state = ${JSON.stringify(state)}::jsonb WHERE id = ${id}`.execute(tx);
}

/** Whether the pivot was passed. Waits for a commit that is still under way, so the answer is final for this token. */
export function readPivoted<Schema>(db: Transactional<Schema>, held: Held): Promise<boolean> {
  return inTransaction(db, (tx) => lock(tx, held));
}

/** Holds the saga's row to the end of the transaction; answers whether the pivot was passed. Throws SagaFencedError. */
export async function lock(tx: Executor, { id, fence }: Held): Promise<boolean> {
  const { rows } = await sql<{ pivoted: boolean }>`
    SELECT pivoted FROM charter_saga WHERE id = ${id} AND fence = ${fence} FOR UPDATE`.execute(tx);
  const row = rows[0];
  if (!row) throw new SagaFencedError(id);
  return row.pivoted;
}

export interface MoveOptions {
  readonly now: Date;
  readonly leaseUntil: Date;
  /** Stored when given. */
  readonly state?: unknown;
  /** Whether this passes the pivot. Default: it leaves that as it is. */
  readonly pivot?: boolean;
  /** Give the saga back so that anyone may claim it. */
  readonly release: boolean;
}

/** Writes a transition and draws a new token, so that whatever the old attempt still does is refused. Throws SagaFencedError. */
export async function move(
  db: Executor,
  held: Held,
  transition: Transition,
  options: MoveOptions,
): Promise<SagaRecord> {
  const state = options.state === undefined ? sql`state` : sql`${JSON.stringify(options.state)}::jsonb`;
  const { rows } = await sql<SagaRecord>`
    UPDATE charter_saga SET fence = fence + 1, state = ${state}, updated_at = ${options.now},
      pivoted = pivoted OR ${options.pivot ?? false},
      last_error = coalesce(${transition.reason ?? null}, last_error), ${changes(transition, options)}
    WHERE id = ${held.id} AND fence = ${held.fence} RETURNING ${columns}`.execute(db);
  const row = rows[0];
  if (!row) throw new SagaFencedError(held.id);
  return row;
}

function changes(transition: Transition, { now, leaseUntil, release }: MoveOptions): RawBuilder<unknown> {
  switch (transition.kind) {
    case "step": {
      // A claim counts an attempt; going on without one counts it here.
      const hold = release
        ? sql`attempt = 0, owner = NULL, due_at = ${now}`
        : sql`attempt = 1, due_at = ${leaseUntil}`;
      return sql`direction = ${transition.direction}, step = ${transition.step}, stuck = false, ${hold}`;
    }
    case "retry": {
      const due = new Date(now.getTime() + transition.delayMs);
      return sql`due_at = ${due}, stuck = stuck OR ${transition.stuck}, owner = NULL`;
    }
    case "end":
      return sql`outcome = ${transition.outcome}, stuck = false, owner = NULL`;
  }
}
