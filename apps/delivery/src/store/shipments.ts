import type { Executor } from "@charter/postgres";
import { sql } from "kysely";
import type { ServiceLevel } from "../domain/service-level.js";
import type { ShipmentState } from "../domain/shipment-state.js";
import type { TimeSpan } from "../domain/time-span.js";
import type { DeliveryTransaction } from "./database.js";

/** Who receives a parcel, and where. Personal data. */
export interface Address {
  readonly recipient: string;
  readonly lines: readonly string[];
  readonly city: string;
  readonly region: string;
  readonly postalCode: string;
  readonly countryCode: string;
}

export interface ShipmentItem {
  readonly sku: string;
  readonly quantity: number;
}

export interface StoredShipment {
  readonly shipmentId: string;
  readonly orderId: string;
  readonly customerId: string | undefined;
  readonly trackingNumber: string;
  readonly state: ShipmentState;
  readonly level: ServiceLevel;
  readonly promise: TimeSpan;
  readonly slotId: string | undefined;
  readonly address: Address;
  readonly items: readonly ShipmentItem[];
  readonly carrier: string;
  readonly revision: number;
  readonly createdAtMs: number;
}

/** A row of the table. */
export interface ShipmentRow {
  shipment_id: string;
  order_id: string;
  customer_id: string | null;
  tracking_number: string;
  status: ShipmentState;
  service_level: ServiceLevel;
  promise_starts_at: Date;
  promise_ends_at: Date;
  slot_id: string | null;
  address: Address;
  items: readonly ShipmentItem[];
  carrier: string;
  revision: number;
  created_at: Date;
}

/** How a shipment is named: by its id or by its tracking number. */
export type ShipmentName = { readonly shipmentId: string } | { readonly trackingNumber: string };

/** Stores a new shipment; `key` is the caller's, one shipment per key. */
export async function insertShipment(
  tx: DeliveryTransaction,
  shipment: StoredShipment,
  { caller, key }: { readonly caller: string; readonly key: string },
): Promise<void> {
  await sql`
    INSERT INTO shipment (shipment_id, caller, idempotency_key, order_id, customer_id, tracking_number, status, service_level,
      promise_starts_at, promise_ends_at, slot_id, address, items, carrier, revision, created_at)
    VALUES (${shipment.shipmentId}, ${caller}, ${key}, ${shipment.orderId}, ${shipment.customerId ?? null},
      ${shipment.trackingNumber}, ${shipment.state}, ${shipment.level}, ${new Date(shipment.promise.startsAtMs)},
      ${new Date(shipment.promise.endsAtMs)}, ${shipment.slotId ?? null}, ${JSON.stringify(shipment.address)}::jsonb,
      ${JSON.stringify(shipment.items)}::jsonb, ${shipment.carrier}, ${shipment.revision},
      ${new Date(shipment.createdAtMs)})`.execute(tx);
}

/** The shipment, or undefined when there is none of that name. */
export async function findShipment(db: Executor, name: ShipmentName): Promise<StoredShipment | undefined> {
  const { rows } = await sql<ShipmentRow>`SELECT * FROM shipment WHERE ${named(name)}`.execute(db);
  return rows[0] && shipmentOf(rows[0]);
}

/** As `findShipment`, with the shipment's row locked to the end of the transaction: changes of one shipment take turns. */
export async function lockShipment(
  tx: DeliveryTransaction,
  name: ShipmentName,
): Promise<StoredShipment | undefined> {
  const { rows } = await sql<ShipmentRow>`SELECT * FROM shipment WHERE ${named(name)} FOR UPDATE`.execute(tx);
  return rows[0] && shipmentOf(rows[0]);
}

/** Moves locked shipments on to their next revisions. */
export async function updateShipments(
  tx: DeliveryTransaction,
  shipments: readonly Pick<StoredShipment, "shipmentId" | "state" | "revision">[],
): Promise<void> {
  const ids = shipments.map(({ shipmentId }) => shipmentId);
  const states = shipments.map(({ state }) => state);
  const revisions = shipments.map(({ revision }) => revision);
  await sql`
    UPDATE shipment SET status = next.status, revision = next.revision
    FROM unnest(${ids}::uuid[], ${states}::text[], ${revisions}::int[]) AS next (shipment_id, status, revision)
    WHERE shipment.shipment_id = next.shipment_id AND shipment.shipment_id = ANY (${ids}::uuid[])`.execute(
    tx,
  );
}

function named(name: ShipmentName) {
  return "shipmentId" in name
    ? sql`shipment_id = ${name.shipmentId}`
    : sql`tracking_number = ${name.trackingNumber}`;
}

/** What a row of the table says. */
export function shipmentOf(row: ShipmentRow): StoredShipment {
  return {
    shipmentId: row.shipment_id,
    orderId: row.order_id,
    customerId: row.customer_id ?? undefined,
    trackingNumber: row.tracking_number,
    state: row.status,
    level: row.service_level,
    promise: { startsAtMs: row.promise_starts_at.getTime(), endsAtMs: row.promise_ends_at.getTime() },
    slotId: row.slot_id ?? undefined,
    address: row.address,
    items: row.items,
    carrier: row.carrier,
    revision: row.revision,
    createdAtMs: row.created_at.getTime(),
  };
}
