import { historyOf, type Report, record } from "../domain/shipment-history.js";
import { publishRevision } from "../events/shipment-change.js";
import type { DeliveryTransaction } from "../store/database.js";
import { insertReport, reportsOf } from "../store/shipment-reports.js";
import { type StoredShipment, updateShipment } from "../store/shipments.js";

/** What became of a report. All but "recorded" have changed nothing. */
export type ReportOutcome =
  | { readonly kind: "recorded"; readonly shipment: StoredShipment }
  | { readonly kind: "duplicate" }
  | { readonly kind: "conflict" }
  | { readonly kind: "full" };

/** Who reports: a carrier by its name, or the service itself. */
export type Reporter = { readonly carrier: string | undefined };

/**
 * Stores a report of a shipment whose row the transaction has locked, moves the shipment where its whole history then leaves it, and
 * tells those who follow. Call it last in a transaction.
 */
export async function recordReport(
  tx: DeliveryTransaction,
  before: StoredShipment,
  report: Report,
  { carrier, nowMs }: Reporter & { readonly nowMs: number },
): Promise<ReportOutcome> {
  const outcome = record(historyOf(await reportsOf(tx, before.shipmentId)), report);
  if (outcome.kind !== "recorded") return outcome;
  const shipment = { ...before, state: outcome.history.state, revision: before.revision + 1 };
  const inserted = await insertReport(tx, shipment.shipmentId, report, {
    revision: shipment.revision,
    carrier,
    nowMs,
  });
  if (!inserted) return { kind: "conflict" };
  await updateShipment(tx, shipment.shipmentId, shipment);
  await publishRevision(tx, {
    shipment,
    previousState: before.state,
    reported: report,
    recordedAtMs: nowMs,
  });
  return { kind: "recorded", shipment };
}
