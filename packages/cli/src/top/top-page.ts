import { calleeRows } from "./callee-rows.js";
import { methodRows } from "./method-rows.js";
import { processRow } from "./process-rows.js";
import { bytesText, countText, rateText, secondsText, shareText } from "./quantities.js";
import type { Window } from "./window.js";

type Row = readonly string[];

/** Everything that `charter top` shows, as lines. */
export function topPage(windows: readonly Window[]): string[] {
  const parts = [processes(windows), methods(windows), callees(windows)];
  return parts
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index > 0 ? ["", ...lines] : lines));
}

function processes(windows: readonly Window[]): string[] {
  const rows = windows
    .map(processRow)
    .map(({ process, problem, cpu, residentBytes, loopDelay }) => [
      process,
      problem ?? "up",
      shareText(cpu),
      bytesText(residentBytes),
      secondsText(loopDelay),
    ]);
  return table(["PROCESS", "STATE", "CPU", "MEMORY", "LOOP P99"], 2, rows);
}

function methods(windows: readonly Window[]): string[] {
  const rows = windows
    .flatMap(methodRows)
    .map((row) => [
      row.process,
      `${row.service}/${row.method}`,
      rateText(row.rate),
      shareText(row.errors),
      secondsText(row.p50),
      secondsText(row.p99),
      countText(row.inFlight),
      countText(row.limit),
      countText(row.queued),
      rateText(row.shed),
    ]);
  if (rows.length === 0) return ["No method has been called yet."];
  const head = [
    "PROCESS",
    "METHOD",
    "RATE/S",
    "ERRORS",
    "P50",
    "P99",
    "IN FLIGHT",
    "LIMIT",
    "QUEUED",
    "SHED/S",
  ];
  return table(head, 2, rows);
}

function callees(windows: readonly Window[]): string[] {
  const rows = windows
    .flatMap(calleeRows)
    .map((row) => [
      row.process,
      row.callee,
      row.endpoint,
      row.state,
      row.breakers.join(", ") || "closed",
      countText(row.inFlight),
      secondsText(row.latency),
      rateText(row.retries),
      rateText(row.hedges),
      rateText(row.fallbacks),
    ]);
  if (rows.length === 0) return [];
  const head = [
    "CALLER",
    "CALLEE",
    "ENDPOINT",
    "STATE",
    "BREAKERS",
    "IN FLIGHT",
    "LATENCY",
    "RETRIES/S",
    "HEDGES/S",
  ];
  return table([...head, "FALLBACKS/S"], 5, rows);
}

/** Texts to the left, the numbers after the first `texts` columns to the right. */
function table(head: Row, texts: number, rows: readonly Row[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const cell = (text: string, column: number) =>
    column < texts ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return all.map((row) => row.map(cell).join("  ").trimEnd());
}
