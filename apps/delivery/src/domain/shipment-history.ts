import { advance, type ShipmentState } from "./shipment-state.js";

/** Something that was reported of a shipment. */
export interface Report {
  /** Tells duplicates: the carrier's id of the event, or the service's own. */
  readonly reportId: string;
  readonly state: ShipmentState;
  readonly occurredAtMs: number;
  readonly location: string;
}

/** A shipment's reports by time of occurrence, and where they leave it. */
export interface History {
  readonly state: ShipmentState;
  readonly reports: readonly Report[];
}

export type RecordOutcome =
  | { readonly kind: "recorded"; readonly history: History }
  | { readonly kind: "duplicate" }
  | { readonly kind: "conflict" }
  | { readonly kind: "full" };

/** The most reports that one shipment keeps: an honest journey has below twenty. */
export const maxReports = 200;

/** Where reports leave a shipment, whatever order they came in: they are put in order of time and taken one by one. */
export function historyOf(reports: readonly Report[]): History {
  const inOrder = reports.toSorted(byTimeThenId);
  const state = inOrder.reduce<ShipmentState>((before, report) => advance(before, report.state), "CREATED");
  return { state, reports: inOrder };
}

/** Adds a report to a history: once, however often it comes. Another report under a known id is a conflict, and the first stands. */
export function record(history: History, report: Report): RecordOutcome {
  const known = history.reports.find((candidate) => candidate.reportId === report.reportId);
  if (known) return { kind: same(known, report) ? "duplicate" : "conflict" };
  if (history.reports.length >= maxReports) return { kind: "full" };
  return { kind: "recorded", history: historyOf([...history.reports, report]) };
}

function byTimeThenId(a: Report, b: Report): number {
  if (a.occurredAtMs !== b.occurredAtMs) return a.occurredAtMs - b.occurredAtMs;
  return a.reportId < b.reportId ? -1 : Number(a.reportId > b.reportId);
}

function same(a: Report, b: Report): boolean {
  return a.state === b.state && a.occurredAtMs === b.occurredAtMs && a.location === b.location;
}
