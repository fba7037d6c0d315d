import type { Executor } from "@charter/postgres";
import { sql } from "kysely";
import type { Report } from "../domain/shipment-history.js";
import type { ShipmentState } from "../domain/shipment-state.js";
import type { DeliveryTransaction } from "./database.js";

interface ReportRow {
  report_id: string;
  status: ShipmentState;
  occurred_at: Date;
  location: string;
}

/** Everything that was reported of a shipment, in the order in which it was stored: the first is revision 1, and so on. */
export async function reportsOf(db: Executor, shipmentId: string): Promise<readonly Report[]> {
  const { rows } = await sql<ReportRow>`
    SELECT report_id, status, occurred_at, location FROM shipment_report WHERE shipment_id = ${shipmentId}
    ORDER BY revision`.execute(db);
  return rows.map((row) => ({
    reportId: row.report_id,
    state: row.status,
    occurredAtMs: row.occurred_at.getTime(),
    location: row.location,
  }));
}

/** Stores a report as a revision of its shipment; false when the carrier used its id before, for another parcel. */
export async function insertReport(
  tx: DeliveryTransaction,
  shipmentId: string,
  report: Report,
  {
    revision,
    carrier,
    nowMs,
  }: { readonly revision: number; readonly carrier: string | undefined; readonly nowMs: number },
): Promise<boolean> {
  const inserted = await sql`
    INSERT INTO shipment_report (shipment_id, revision, carrier, report_id, status, occurred_at, location, recorded_at)
    VALUES (${shipmentId}, ${revision}, ${carrier ?? null}, ${report.reportId}, ${report.state},
      ${new Date(report.occurredAtMs)}, ${report.location}, ${new Date(nowMs)})
    ON CONFLICT (carrier, report_id) DO NOTHING`.execute(tx);
  return inserted.numAffectedRows === 1n;
}

/** Notes where the event log tells a revision. */
export async function setPosition(
  tx: DeliveryTransaction,
  shipmentId: string,
  { revision, position }: { readonly revision: number; readonly position: bigint },
): Promise<void> {
  await sql`
    UPDATE shipment_report SET position = ${position}
    WHERE shipment_id = ${shipmentId} AND revision = ${revision}`.execute(tx);
}
