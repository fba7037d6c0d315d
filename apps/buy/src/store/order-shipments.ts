import { sql, type Transaction } from "kysely";
import type { OrderShipment } from "../domain/order.js";
import type { ShipmentStage } from "../domain/order-fulfilment.js";

/** A parcel as it is stored. Revision 0 stands for one of which delivery has not told anything yet. */
export interface StoredShipment {
  readonly shipmentId: string;
  readonly stage: ShipmentStage;
  readonly revision: number;
}

/** What is told of a parcel. */
export interface ShipmentReport {
  readonly shipmentId: string;
  readonly orderId: string;
  readonly trackingNumber: string;
  readonly stage: ShipmentStage;
  readonly revision: number;
  readonly at: Date;
}

/** The parcels of orders, whose rows must be locked. */
export async function shipmentsOf(
  tx: Transaction<unknown>,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, readonly StoredShipment[]>> {
  const { rows } = await sql<StoredShipment & { readonly orderId: string }>`
    select order_id as "orderId", shipment_id as "shipmentId", stage, revision from order_shipments
    where order_id = any(${orderIds}::uuid[]) order by created_at, shipment_id`.execute(tx);
  return Map.groupBy(rows, ({ orderId }) => orderId);
}

/** Notes a parcel that was made for an order. False when it is known already, from delivery's events or an earlier attempt. */
export async function addShipment(
  tx: Transaction<unknown>,
  report: ShipmentReport,
  lines: OrderShipment["lines"],
): Promise<boolean> {
  const added = await sql`
    insert into order_shipments
      (shipment_id, order_id, tracking_number, stage, revision, lines, created_at, updated_at)
    values (${report.shipmentId}, ${report.orderId}, ${report.trackingNumber}, ${report.stage}, ${report.revision},
      ${JSON.stringify(lines)}::jsonb, ${report.at}, ${report.at})
    on conflict (shipment_id) do nothing`.execute(tx);
  if (added.numAffectedRows === 1n) return true;
  // Delivery's events may have told of it first; they do not say what lies in it.
  await sql`
    update order_shipments set lines = ${JSON.stringify(lines)}::jsonb
    where shipment_id = ${report.shipmentId} and lines = '[]'`.execute(tx);
  return false;
}

/** Notes what delivery reports of parcels, in order, unless something later is known already. */
export async function reportShipments(
  tx: Transaction<unknown>,
  reports: readonly ShipmentReport[],
): Promise<void> {
  if (reports.length === 0) return;
  const latest = [...Map.groupBy(reports, ({ shipmentId }) => shipmentId).values()].map(combined);
  await sql`
    insert into order_shipments
      (shipment_id, order_id, tracking_number, stage, revision, lines, created_at, updated_at)
    select "shipmentId", "orderId", "trackingNumber", stage, revision, '[]', first_at, at
    from jsonb_to_recordset(${JSON.stringify(latest)}::jsonb) as report ("shipmentId" uuid, "orderId" uuid,
      "trackingNumber" text, stage text, revision int, first_at timestamptz, at timestamptz)
    on conflict (shipment_id) do update set
      updated_at = case when order_shipments.stage = excluded.stage then order_shipments.updated_at
        else excluded.updated_at end,
      stage = excluded.stage, revision = excluded.revision, tracking_number = excluded.tracking_number
    where order_shipments.revision < excluded.revision`.execute(tx);
}

// The last report says where a parcel is; it has been there since the first of those that say the same without a break.
function combined(reports: readonly ShipmentReport[]) {
  const [first, last] = [reports[0], reports.at(-1)];
  if (!first || !last) throw new Error("a parcel was reported without a report");
  const moved = reports.findLastIndex(({ stage }) => stage !== last.stage);
  return { ...last, first_at: first.at, at: (reports[moved + 1] ?? last).at };
}
