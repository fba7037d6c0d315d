import type { Executor } from "@charter/postgres";
import { sql } from "kysely";
import type { TemplateSlot } from "../domain/slot-template.js";
import type { DeliveryTransaction } from "./database.js";
import { givePlace, takePlace } from "./slots.js";

/** Who named the reservation, and how. */
export interface ReservationKey {
  readonly caller: string;
  readonly key: string;
}

/**
 * `held` and `confirmed` count for a place of their slot. A hold whose time has run out may still say `held`: it counts until
 * somebody else wants the place, and is `expired` from then on.
 */
export type Reservation =
  | {
      readonly state: "held" | "expired" | "confirmed";
      readonly slotId: string;
      readonly expiresAtMs: number;
    }
  | { readonly state: "released"; readonly slotId: string | undefined };

interface ReservationRow {
  slot_id: string;
  state: Reservation["state"];
  expires_at: Date;
}

/**
 * The reservation under the key, its row locked; undefined when the key is new. Calls with one key take turns from here to the end of
 * their transactions, also while there is no row yet.
 */
export async function lockReservation(
  tx: DeliveryTransaction,
  { caller, key }: ReservationKey,
): Promise<Reservation | undefined> {
  const name = JSON.stringify(["reservation", caller, key]);
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx);
  const { rows } = await sql<ReservationRow>`
    SELECT slot_id, state, expires_at FROM slot_reservation
    WHERE caller = ${caller} AND reservation_key = ${key} FOR UPDATE`.execute(tx);
  const row = rows[0];
  if (!row) return undefined;
  if (row.state === "released") return { state: row.state, slotId: row.slot_id ?? undefined };
  return { state: row.state, slotId: row.slot_id, expiresAtMs: row.expires_at.getTime() };
}

/** Takes a place and holds it under a locked key that counts for none; false when the slot is full. */
export async function hold(
  tx: DeliveryTransaction,
  { caller, key }: ReservationKey,
  slot: TemplateSlot,
  { nowMs, expiresAtMs }: { readonly nowMs: number; readonly expiresAtMs: number },
): Promise<boolean> {
  if (!(await takePlace(tx, slot, nowMs))) return false;
  await sql`
    INSERT INTO slot_reservation (caller, reservation_key, slot_id, state, expires_at)
    VALUES (${caller}, ${key}, ${slot.slotId}, 'held', ${new Date(expiresAtMs)})
    ON CONFLICT (caller, reservation_key)
    DO UPDATE SET state = 'held', slot_id = excluded.slot_id, expires_at = excluded.expires_at`.execute(tx);
  return true;
}

/** Lets a locked hold run longer. */
export async function prolong(
  tx: DeliveryTransaction,
  { caller, key }: ReservationKey,
  expiresAtMs: number,
): Promise<void> {
  await sql`
    UPDATE slot_reservation SET expires_at = ${new Date(expiresAtMs)}
    WHERE caller = ${caller} AND reservation_key = ${key}`.execute(tx);
}

/** Ends a locked reservation, giving back the place that it counts for, and uses its key up; also a key that is new. */
export async function release(
  tx: DeliveryTransaction,
  { caller, key }: ReservationKey,
  reservation: Reservation | undefined,
): Promise<void> {
  await sql`
    INSERT INTO slot_reservation (caller, reservation_key, state) VALUES (${caller}, ${key}, 'released')
    ON CONFLICT (caller, reservation_key) DO UPDATE SET state = 'released', shipment_id = NULL`.execute(tx);
  if (reservation?.state === "held" || reservation?.state === "confirmed")
    await givePlace(tx, reservation.slotId);
}

/** Makes a held and locked reservation final, for a shipment that exists. */
export async function confirm(
  tx: DeliveryTransaction,
  { caller, key }: ReservationKey,
  shipmentId: string,
): Promise<void> {
  await sql`
    UPDATE slot_reservation SET state = 'confirmed', shipment_id = ${shipmentId}
    WHERE caller = ${caller} AND reservation_key = ${key}`.execute(tx);
}

/** The key of the reservation that a shipment confirmed; undefined where it has none. */
export async function reservationOf(db: Executor, shipmentId: string): Promise<ReservationKey | undefined> {
  const { rows } = await sql<ReservationKey>`
    SELECT caller, reservation_key AS key FROM slot_reservation WHERE shipment_id = ${shipmentId}`.execute(
    db,
  );
  return rows[0];
}
