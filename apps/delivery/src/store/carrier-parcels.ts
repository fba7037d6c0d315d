import type { Executor } from "@charter/postgres";
import { sql } from "kysely";
import type { JourneyStep } from "../carrier/journey.js";
import type { DeliveryTransaction } from "./database.js";
import { type ShipmentRow, type StoredShipment, shipmentOf } from "./shipments.js";

/** A parcel that the embedded carrier has under way. */
export interface CarrierParcel {
  readonly shipmentId: string;
  readonly trackingNumber: string;
  readonly journey: readonly JourneyStep[];
  readonly nextStep: number;
  /** When the next step is due, by the machine's clock. */
  readonly dueAtMs: number;
}

/** A parcel that is due, with its shipment; both are locked to the end of the transaction. */
export interface DueParcel extends CarrierParcel {
  readonly shipment: StoredShipment;
}

interface ParcelRow extends ShipmentRow {
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
 * The parcels that have been due longest, at most `limit`. It waits for nobody: what another process has locked is passed by, so any number of
 * processes share the work.
 */
export async function claimDueParcels(
  tx: DeliveryTransaction,
  { nowMs, limit }: { readonly nowMs: number; readonly limit: number },
): Promise<readonly DueParcel[]> {
  const { rows } = await sql<ParcelRow>`
    SELECT shipment.*, journey, next_step, due_at FROM carrier_parcel JOIN shipment USING (shipment_id)
    WHERE due_at <= ${new Date(nowMs)} ORDER BY due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED`.execute(tx);
  return rows.map((row) => ({
    shipmentId: row.shipment_id,
    trackingNumber: row.tracking_number,
    journey: row.journey,
    nextStep: row.next_step,
    dueAtMs: row.due_at.getTime(),
    shipment: shipmentOf(row),
  }));
}

/** Sets the next steps of claimed parcels. */
export async function rescheduleParcels(
  tx: DeliveryTransaction,
  parcels: readonly Pick<CarrierParcel, "shipmentId" | "nextStep" | "dueAtMs">[],
): Promise<void> {
  if (parcels.length === 0) return;
  const ids = parcels.map(({ shipmentId }) => shipmentId);
  const steps = parcels.map(({ nextStep }) => nextStep);
  const due = parcels.map(({ dueAtMs }) => new Date(dueAtMs));
  await sql`
    UPDATE carrier_parcel AS parcel SET next_step = next.step, due_at = next.due_at
    FROM unnest(${ids}::uuid[], ${steps}::int[], ${due}::timestamptz[]) AS next (shipment_id, step, due_at)
    WHERE parcel.shipment_id = next.shipment_id AND parcel.shipment_id = ANY (${ids}::uuid[])`.execute(tx);
}

/** Forgets parcels. Waits for whoever has them claimed. */
export async function deleteParcels(tx: DeliveryTransaction, shipmentIds: readonly string[]): Promise<void> {
  if (shipmentIds.length === 0) return;
  await sql`DELETE FROM carrier_parcel WHERE shipment_id = ANY (${shipmentIds}::uuid[])`.execute(tx);
}

/** When the next parcel is due; undefined when none is under way. */
export async function nextDueMs(db: Executor): Promise<number | undefined> {
  const { rows } = await sql<{
    due_at: Date | null;
  }>`SELECT min(due_at) AS due_at FROM carrier_parcel`.execute(db);
  return rows[0]?.due_at?.getTime();
}
