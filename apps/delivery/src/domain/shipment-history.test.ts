import { type SeededRandom, seededRandom } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { type History, historyOf, maxReports, type Report, record } from "./shipment-history.js";
import { isTerminal, type ShipmentStatus } from "./shipment-status.js";

const reportable: readonly ShipmentStatus[] = [
  "LABELLED",
  "HANDED_OVER",
  "IN_TRANSIT",
  "OUT_FOR_DELIVERY",
  "FAILED_ATTEMPT",
  "DELIVERED",
  "RETURNED",
  "LOST",
];
const report = (
  status: ShipmentStatus,
  occurredAtMs: number,
  reportId = `${status}@${occurredAtMs}`,
): Report => ({
  reportId,
  status,
  occurredAtMs,
  location: "",
});
const receive = (reports: readonly Report[]): History =>
  reports.reduce((history, next) => {
    const outcome = record(history, next);
    return outcome.kind === "recorded" ? outcome.history : history;
  }, historyOf([]));
const after = (...statuses: ShipmentStatus[]) =>
  receive(statuses.map((status, at) => report(status, at))).status;

describe("a shipment's history", () => {
  it.each<[ShipmentStatus[], ShipmentStatus]>([
    [[], "CREATED"],
    [["LABELLED", "HANDED_OVER", "IN_TRANSIT", "OUT_FOR_DELIVERY", "DELIVERED"], "DELIVERED"],
    [["IN_TRANSIT"], "IN_TRANSIT"],
    [["IN_TRANSIT", "LABELLED"], "IN_TRANSIT"],
    [["OUT_FOR_DELIVERY", "FAILED_ATTEMPT", "OUT_FOR_DELIVERY"], "OUT_FOR_DELIVERY"],
    [["OUT_FOR_DELIVERY", "FAILED_ATTEMPT", "IN_TRANSIT", "RETURNED"], "RETURNED"],
    [["DELIVERED", "IN_TRANSIT"], "DELIVERED"],
    [["LOST", "DELIVERED"], "DELIVERED"],
    [["DELIVERED", "LOST"], "DELIVERED"],
    [["CANCELLED", "HANDED_OVER", "DELIVERED"], "CANCELLED"],
  ])("%j ends as %s", (statuses, status) => {
    expect(after(...statuses)).toBe(status);
  });

  it("is ordered by time of occurrence, whatever came first", () => {
    const history = receive([
      report("OUT_FOR_DELIVERY", 30),
      report("LABELLED", 10),
      report("IN_TRANSIT", 20),
    ]);
    expect(history.reports.map(({ status }) => status)).toEqual([
      "LABELLED",
      "IN_TRANSIT",
      "OUT_FOR_DELIVERY",
    ]);
    expect(history.status).toBe("OUT_FOR_DELIVERY");
  });

  it("keeps the first of two reports under one id", () => {
    const history = receive([report("IN_TRANSIT", 10, "a")]);
    expect(record(history, report("IN_TRANSIT", 10, "a"))).toEqual({ kind: "duplicate" });
    expect(record(history, report("DELIVERED", 10, "a"))).toEqual({ kind: "conflict" });
  });

  it("is bounded", () => {
    const history = receive(Array.from({ length: maxReports }, (_, at) => report("IN_TRANSIT", at)));
    expect(record(history, report("DELIVERED", maxReports))).toEqual({ kind: "full" });
  });
});

/** The same rules told in another way: the strongest end of all, else a walk along the time line. */
function model(reports: readonly Report[]): ShipmentStatus {
  const seen = new Set(reports.map(({ status }) => status));
  for (const end of ["DELIVERED", "RETURNED", "LOST"] as const) if (seen.has(end)) return end;
  const rank = ["CREATED", "LABELLED", "HANDED_OVER", "IN_TRANSIT"];
  const timeline = [...reports].sort(
    (a, b) => a.occurredAtMs - b.occurredAtMs || (a.reportId < b.reportId ? -1 : 1),
  );
  let status: ShipmentStatus = "CREATED";
  for (const next of timeline) {
    const onLastLeg = !rank.slice(0, 3).includes(next.status);
    if (onLastLeg || rank.indexOf(next.status) > rank.indexOf(status)) {
      const goesBack = !onLastLeg && !rank.includes(status);
      if (!goesBack) status = next.status;
    }
  }
  return status;
}

function randomReports(random: SeededRandom): Report[] {
  return Array.from({ length: random.integer(0, 12) }, (_, index) =>
    // Few distinct times, so that ties are common.
    report(random.pick(reportable), random.integer(0, 8), `event-${index}`),
  );
}

describe("any order and repetition of the same reports", () => {
  it("gives the status that the model gives, and one history", async () => {
    const random = seededRandom();
    await random.reporting(() => {
      for (let round = 0; round < 3_000; round += 1) {
        const reports = randomReports(random);
        const arrivals = random.shuffle([...reports, ...reports.filter(() => random.next() < 0.5)]);
        const history = receive(arrivals);
        expect(history).toEqual(receive(reports));
        expect(history.reports).toHaveLength(reports.length);
        expect(history.status).toBe(model(reports));
      }
    });
  });

  it("never goes back into motion from an end", async () => {
    const random = seededRandom();
    await random.reporting(() => {
      for (let round = 0; round < 1_000; round += 1) {
        const states = random.shuffle(randomReports(random)).map((_, index, arrivals) => {
          return receive(arrivals.slice(0, index + 1)).status;
        });
        const firstEnd = states.findIndex(isTerminal);
        const afterEnd = firstEnd < 0 ? [] : states.slice(firstEnd);
        expect(afterEnd.every(isTerminal)).toBe(true);
      }
    });
  });
});
