import { sql, type Transaction } from "kysely";
import type { Executor } from "./database.js";

/**
 * Moves a consumer's cursor to a position within the transaction that applies the event found there. Returns false, and changes
 * nothing, when the cursor has reached that position already: then the event was applied and must be passed by. Two
 * processes that apply the same event at once take turns; the second gets false. Its table comes with `eventsMigration`.
 */
export async function advanceCursor<Schema>(
  tx: Transaction<Schema>,
  { consumer, position }: { readonly consumer: string; readonly position: bigint },
): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO charter_cursor AS cursor (consumer, position) VALUES (${consumer}, ${position})
    ON CONFLICT (consumer) DO UPDATE SET position = excluded.position WHERE cursor.position < excluded.position
    RETURNING position`.execute(tx);
  return rows.length === 1;
}

/**
 * The position that the consumer has applied, 0n at first, and nobody else moves its cursor before the transaction ends: for one that applies
 * several events and advances the cursor once.
 */
export async function lockCursor(tx: Executor, consumer: string): Promise<bigint> {
  const locked = async () =>
    (
      await sql<{ position: bigint }>`
        SELECT position FROM charter_cursor WHERE consumer = ${consumer} FOR UPDATE`.execute(tx)
    ).rows[0]?.position;
  const position = await locked();
  if (position !== undefined) return position;
  await sql`INSERT INTO charter_cursor (consumer, position) VALUES (${consumer}, 0) ON CONFLICT DO NOTHING`.execute(
    tx,
  );
  return (await locked()) ?? 0n;
}

/** The last position that the consumer has applied; 0n at first. */
export async function cursorPosition(db: Executor, consumer: string): Promise<bigint> {
  const { rows } = await sql<{ position: bigint }>`
    SELECT position FROM charter_cursor WHERE consumer = ${consumer}`.execute(db);
  return rows[0]?.position ?? 0n;
}
