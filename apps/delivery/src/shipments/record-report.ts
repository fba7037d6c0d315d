import { historyOf, type Report, record } from "../domain/shipment-history.js";
import { publishRevisions } from "../events/shipment-change.js";
import type { DeliveryTransaction } from "../store/database.js";
import { insertReports, type Reporter, reportsOfAll } from "../store/shipment-reports.js";
import { type StoredShipment, updateShipments } from "../store/shipments.js";

/** What became of a report. All but "recorded" have changed nothing. */
export type ReportOutcome =
  | { readonly kind: "recorded"; readonly shipment: StoredShipment }
  | { readonly kind: "duplicate" }
  | { readonly kind: "conflict" }
  | { readonly kind: "full" };

/** A report of a shipment whose row the transaction has locked. */
export interface Reported {
  readonly before: StoredShipment;
  readonly report: Report;
}

/**
 * Stores a report of a shipment whose row the transaction has locked, moves the shipment where its whole history then leaves it, and
 * tells those who follow. Call it last in a transaction.
 */
export async function recordReport(
  tx: DeliveryTransaction,
  before: StoredShipment,
  report: Report,
  reporter: Reporter,
): Promise<ReportOutcome> {
  const [outcome] = await recordReports(tx, [{ before, report }], reporter);
  if (!outcome) throw new Error("a report was recorded without an outcome");
  return outcome;
}

/** As `recordReport` for one report of each of several shipments, in the same few statements; answers in their order. */
export async function recordReports(
  tx: DeliveryTransaction,
  reported: readonly Reported[],
  reporter: Reporter,
): Promise<readonly ReportOutcome[]> {
  if (reported.length === 0) return [];
  const known = await reportsOfAll(
    tx,
    reported.map(({ before }) => before.shipmentId),
  );
  const outcomes = reported.map((it) => outcomeOf(it, known.get(it.before.shipmentId) ?? []));
  const revisions = outcomes.flatMap((outcome, index) => {
    const it = reported[index];
    return it && outcome.kind === "recorded" ? [{ ...it, shipment: outcome.shipment }] : [];
  });
  const stored = await store(tx, revisions, reporter);
  return outcomes.map((outcome) =>
    outcome.kind === "recorded" && !stored.has(outcome.shipment.shipmentId) ? { kind: "conflict" } : outcome,
  );
}

function outcomeOf({ before, report }: Reported, known: readonly Report[]): ReportOutcome {
  const outcome = record(historyOf(known), report);
  if (outcome.kind !== "recorded") return outcome;
  const shipment = { ...before, state: outcome.history.state, revision: before.revision + 1 };
  return { kind: "recorded", shipment };
}

/** Answers which shipments have changed. */
async function store(
  tx: DeliveryTransaction,
  revisions: readonly (Reported & { readonly shipment: StoredShipment })[],
  reporter: Reporter,
): Promise<ReadonlySet<string>> {
  if (revisions.length === 0) return new Set();
  const reports = revisions.map(({ shipment: { shipmentId, revision }, report }) => ({
    shipmentId,
    revision,
    report,
  }));
  const stored = await insertReports(tx, reports, reporter);
  const taken = revisions.filter(({ shipment }) => stored.has(shipment.shipmentId));
  if (taken.length === 0) return stored;
  await updateShipments(
    tx,
    taken.map(({ shipment }) => shipment),
  );
  const recordedAtMs = reporter.nowMs;
  const published = taken.map(({ before, report, shipment }) => ({
    shipment,
    previousState: before.state,
    reported: report,
    recordedAtMs,
  }));
  await publishRevisions(tx, published);
  return stored;
}
