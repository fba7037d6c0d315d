import type { Executor } from "@charter/postgres";
import { sql } from "kysely";
import type { TemplateSlot } from "../domain/slot-template.js";
import type { DeliveryTransaction } from "./database.js";

/** How many places of each slot are taken at `nowMs`; a slot that nobody ever reserved is not in the map. */
export async function takenPlaces(
  db: Executor,
  slotIds: readonly string[],
  nowMs: number,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ slot_id: string; taken: number }>`
    SELECT slot_id, count(*)::int AS taken FROM slot_reservation
    WHERE slot_id = ANY (${slotIds})
      AND (state = 'confirmed' OR (state = 'held' AND expires_at > ${new Date(nowMs)}))
    GROUP BY slot_id`.execute(db);
  return new Map(rows.map((row) => [row.slot_id, row.taken]));
}

/**
 * Takes one place of a slot; false when all are taken. Reservations that have expired by `nowMs` give theirs back first. The
 * slot's row stays locked to the end of the transaction, so takers of one slot take turns.
 */
export async function takePlace(
  tx: DeliveryTransaction,
  slot: TemplateSlot,
  nowMs: number,
): Promise<boolean> {
  await sql`
    INSERT INTO slot (slot_id, area, starts_at, ends_at, capacity)
    VALUES (${slot.slotId}, ${slot.area}, ${new Date(slot.window.startsAtMs)}, ${new Date(slot.window.endsAtMs)},
            ${slot.capacity})
    ON CONFLICT DO NOTHING`.execute(tx);
  await sql`SELECT 1 FROM slot WHERE slot_id = ${slot.slotId} FOR UPDATE`.execute(tx);
  await expireReservations(tx, slot.slotId, nowMs);
  const taken = await sql`
    UPDATE slot SET taken = taken + 1 WHERE slot_id = ${slot.slotId} AND taken < capacity`.execute(tx);
  return taken.numAffectedRows === 1n;
}

/** Gives one place of a slot back. */
export async function givePlace(tx: DeliveryTransaction, slotId: string): Promise<void> {
  await sql`UPDATE slot SET taken = taken - 1 WHERE slot_id = ${slotId}`.execute(tx);
}

async function expireReservations(tx: DeliveryTransaction, slotId: string, nowMs: number): Promise<void> {
  // A reservation whose row is locked is being renewed, released or confirmed by somebody who will want the slot's row next:
  // waiting for it here would be a deadlock, and passing it by only leaves its place for the next taker.
  await sql`
    WITH overdue AS (
      SELECT caller, reservation_key FROM slot_reservation
      WHERE slot_id = ${slotId} AND state = 'held' AND expires_at <= ${new Date(nowMs)}
      FOR UPDATE SKIP LOCKED
    ), expired AS (
      UPDATE slot_reservation SET state = 'expired' FROM overdue
      WHERE slot_reservation.caller = overdue.caller
        AND slot_reservation.reservation_key = overdue.reservation_key
      RETURNING 1
    )
    UPDATE slot SET taken = taken - (SELECT count(*) FROM expired) WHERE slot_id = ${slotId}`.execute(tx);
}

interface SlotRow {
  slot_id: string;
  area: string;
  starts_at: Date;
  ends_at: Date;
  capacity: number;
}

/** A slot that was reserved at least once, as it was then; undefined when it never was. */
export async function findReservedSlot(db: Executor, slotId: string): Promise<TemplateSlot | undefined> {
  const { rows } = await sql<SlotRow>`
    SELECT slot_id, area, starts_at, ends_at, capacity FROM slot WHERE slot_id = ${slotId}`.execute(db);
  const row = rows[0];
  if (!row) return undefined;
  const window = { startsAtMs: row.starts_at.getTime(), endsAtMs: row.ends_at.getTime() };
  return { slotId: row.slot_id, area: row.area, window, capacity: row.capacity };
}
