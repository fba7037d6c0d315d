import type { Executor } from "@charter/postgres";
import { sql } from "kysely";
import type { Report } from "../domain/shipment-history.js";
import type { ShipmentState } from "../domain/shipment-state.js";
import type { DeliveryTransaction } from "./database.js";

interface ReportRow {
  shipment_id: string;
  report_id: string;
  status: ShipmentState;
  occurred_at: Date;
  location: string;
}

/** A report as a revision of its shipment. */
export interface NewReport {
  readonly shipmentId: string;
  readonly revision: number;
  readonly report: Report;
}

/** Who reports: a carrier by its name, or the service itself. */
export interface Reporter {
  readonly carrier: string | undefined;
  readonly nowMs: number;
}

/** Everything that was reported of a shipment, in the order in which it was stored: the first is revision 1, and so on. */
export async function reportsOf(db: Executor, shipmentId: string): Promise<readonly Report[]> {
  return (await reportsOfAll(db, [shipmentId])).get(shipmentId) ?? [];
}

/** As `reportsOf`, by shipment; one of which nothing was reported is left out. */
export async function reportsOfAll(
  db: Executor,
  shipmentIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Report[]>> {
  const { rows } = await sql<ReportRow>`
    SELECT shipment_id, report_id, status, occurred_at, location FROM shipment_report
    WHERE shipment_id = ANY (${shipmentIds}::uuid[]) ORDER BY shipment_id, revision`.execute(db);
  const reports = new Map<string, Report[]>();
  for (const row of rows) {
    const known = reports.get(row.shipment_id) ?? [];
    reports.set(row.shipment_id, known);
    known.push({
      reportId: row.report_id,
      state: row.status,
      occurredAtMs: row.occurred_at.getTime(),
      location: row.location,
    });
  }
  return reports;
}

/** Stores reports; answers of which shipments. The others' carrier has used the id before, for another parcel. */
export async function insertReports(
  tx: DeliveryTransaction,
  reports: readonly NewReport[],
  { carrier, nowMs }: Reporter,
): Promise<ReadonlySet<string>> {
  const records = reports.map(({ shipmentId, revision, report }) => ({
    shipment_id: shipmentId,
    revision,
    report_id: report.reportId,
    status: report.state,
    occurred_at: new Date(report.occurredAtMs),
    location: report.location,
  }));
  const { rows } = await sql<{ shipment_id: string }>`
    INSERT INTO shipment_report (shipment_id, revision, carrier, report_id, status, occurred_at, location, recorded_at)
    SELECT shipment_id, revision, ${carrier ?? null}, report_id, status, occurred_at, location, ${new Date(nowMs)}
    FROM jsonb_to_recordset(${JSON.stringify(records)}::jsonb) AS report (shipment_id uuid, revision int,
      report_id text, status text, occurred_at timestamptz, location text)
    ON CONFLICT (carrier, report_id) DO NOTHING RETURNING shipment_id`.execute(tx);
  return new Set(rows.map((row) => row.shipment_id));
}

/**
 * Notes where the event log tells revisions: the first at `first`, and so on. That the ids are asked for twice lets the server go by the index: it
 * does not know how few they are in the join.
 */
export async function setPositions(
  tx: DeliveryTransaction,
  revisions: readonly Pick<NewReport, "shipmentId" | "revision">[],
  first: bigint,
): Promise<void> {
  const ids = revisions.map(({ shipmentId }) => shipmentId);
  const numbers = revisions.map(({ revision }) => revision);
  await sql`
    UPDATE shipment_report AS report SET position = ${first} + told.number - 1
    FROM unnest(${ids}::uuid[], ${numbers}::int[]) WITH ORDINALITY AS told (shipment_id, revision, number)
    WHERE report.shipment_id = told.shipment_id AND report.revision = told.revision
      AND report.shipment_id = ANY (${ids}::uuid[])`.execute(tx);
}
