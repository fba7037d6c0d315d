import { sql, type Transaction } from "kysely";
import type { Executor } from "./database.js";
import type { Migration } from "./migrate.js";

export interface NewEvent {
  /** The log it belongs to; positions count per stream. */
  readonly stream: string;
  /** Whom it is about, such as an order's id. */
  readonly aggregateId: string;
  readonly type: string;
  readonly payload: Uint8Array;
}

export interface StoredEvent extends NewEvent {
  /** 1, 2, 3 … within its stream. */
  readonly position: bigint;
  /** When its transaction began, by the server's clock. */
  readonly recordedAt: Date;
}

/** The tables behind the event log and the cursors. */
export const eventsMigration: Migration = {
  async up(tx) {
    await sql`CREATE TABLE charter_stream (stream text PRIMARY KEY, position int8 NOT NULL)`.execute(tx);
    await sql`CREATE TABLE charter_event (
      stream text NOT NULL,
      position int8 NOT NULL,
      aggregate_id text NOT NULL,
      type text NOT NULL,
      payload bytea NOT NULL,
      recorded_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (stream, position)
    )`.execute(tx);
    await sql`CREATE TABLE charter_cursor (consumer text PRIMARY KEY, position int8 NOT NULL)`.execute(tx);
  },
};

/**
 * Appends to a stream within the caller's transaction and returns the event's position.
 *
 * Positions follow the order of commits, without gaps: each append counts up one row per stream and so holds that row's lock until its
 * transaction ends. The next append gets its position only after the one before has become visible or was rolled back (which
 * also takes its position back), so a reader who has seen a position will never see a lower one appear. The price: writers of
 * one stream take turns from their append to their commit. Append last, and use several streams where that is too slow.
 */
export async function appendEvent<Schema>(
  tx: Transaction<Schema>,
  { stream, ...event }: NewEvent,
): Promise<bigint> {
  return appendEvents(tx, stream, [event]);
}

/** As `appendEvent` for each of them, in order and without another's in between; returns the position of the first. */
export async function appendEvents<Schema>(
  tx: Transaction<Schema>,
  stream: string,
  events: readonly Omit<NewEvent, "stream">[],
): Promise<bigint> {
  const column = <K extends keyof Omit<NewEvent, "stream">>(name: K) => events.map((event) => event[name]);
  const { rows } = await sql<{ first: bigint }>`
    WITH next AS (
      INSERT INTO charter_stream AS head (stream, position) VALUES (${stream}, ${events.length})
      ON CONFLICT (stream) DO UPDATE SET position = head.position + ${events.length}
      RETURNING position - ${events.length} AS before
    ), added AS (
      INSERT INTO charter_event (stream, position, aggregate_id, type, payload)
      SELECT ${stream}, before + number, aggregate_id, type, payload
      FROM next, unnest(${column("aggregateId")}::text[], ${column("type")}::text[], ${column("payload")}::bytea[])
        WITH ORDINALITY AS event (aggregate_id, type, payload, number)
    )
    SELECT before + 1 AS first FROM next`.execute(tx);
  const row = rows[0];
  if (!row) throw new Error(`No position was given on stream "${stream}"`);
  return row.first;
}

/** Bound on what one read returns, whatever the caller asks for. */
const maxLimit = 1_000;

/** The events after a position (0n for all), in order, at most `limit` and never more than 1,000. */
export async function readEvents(
  db: Executor,
  { stream, after, limit }: { readonly stream: string; readonly after: bigint; readonly limit: number },
): Promise<readonly StoredEvent[]> {
  const { rows } = await sql<StoredEvent>`
    SELECT stream, position, aggregate_id AS "aggregateId", type, payload, recorded_at AS "recordedAt"
    FROM charter_event WHERE stream = ${stream} AND position > ${after}
    ORDER BY position LIMIT ${Math.min(limit, maxLimit)}`.execute(db);
  return rows;
}
