import type { Executor } from "@charter/postgres";
import { sql } from "kysely";
import type { JourneyStep } from "../carrier/journey.js";
import type { DeliveryTransaction } from "./database.js";

/** A parcel that the embedded carrier has under way. */
export interface CarrierParcel {
  readonly shipmentId: string;
  readonly trackingNumber: string;
  readonly journey: readonly JourneyStep[];
  readonly nextStep: number;
  /** When the next step is due, by the machine's clock. */
  readonly dueAtMs: number;
}

interface ParcelRow {
  shipment_id: string;
  tracking_number: string;
  journey: readonly JourneyStep[];
  next_step: number;
  due_at: Date;
}

/** Takes a parcel on. */
export async function insertParcel(tx: DeliveryTransaction, parcel: CarrierParcel): Promise<void> {
  await sql`
    INSERT INTO carrier_parcel (shipment_id, tracking_number, journey, next_step, due_at)
    VALUES (${parcel.shipmentId}, ${parcel.trackingNumber}, ${JSON.stringify(parcel.journey)}::jsonb, ${parcel.nextStep},
      ${new Date(parcel.dueAtMs)})`.execute(tx);
}

/**
 * The parcel that has been due longest, locked to the end of the transaction; undefined when none is due. Parcels that another process
 * has locked are passed by, so any number of processes share the work.
 */
export async function claimDueParcel(
  tx: DeliveryTransaction,
  nowMs: number,
): Promise<CarrierParcel | undefined> {
  const { rows } = await sql<ParcelRow>`
    SELECT shipment_id, tracking_number, journey, next_step, due_at FROM carrier_parcel
    WHERE due_at <= ${new Date(nowMs)} ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED`.execute(tx);
  const row = rows[0];
  return (
    row && {
      shipmentId: row.shipment_id,
      trackingNumber: row.tracking_number,
      journey: row.journey,
      nextStep: row.next_step,
      dueAtMs: row.due_at.getTime(),
    }
  );
}

/** Sets a claimed parcel's next step. */
export async function rescheduleParcel(
  tx: DeliveryTransaction,
  shipmentId: string,
  next: { readonly nextStep: number; readonly dueAtMs: number },
): Promise<void> {
  await sql`
    UPDATE carrier_parcel SET next_step = ${next.nextStep}, due_at = ${new Date(next.dueAtMs)}
    WHERE shipment_id = ${shipmentId}`.execute(tx);
}

/** Forgets a parcel. Waits for whoever has it claimed. */
export async function deleteParcel(tx: DeliveryTransaction, shipmentId: string): Promise<void> {
  await sql`DELETE FROM carrier_parcel WHERE shipment_id = ${shipmentId}`.execute(tx);
}

/** When the next parcel is due; undefined when none is under way. */
export async function nextDueMs(db: Executor): Promise<number | undefined> {
  const { rows } = await sql<{
    due_at: Date | null;
  }>`SELECT min(due_at) AS due_at FROM carrier_parcel`.execute(db);
  return rows[0]?.due_at?.getTime();
}
