import { type SeededRandom, seededRandom } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { type History, historyOf, maxReports, type Report, record } from "./shipment-history.js";
import { isTerminal, type ShipmentState } from "./shipment-state.js";

const reportable: readonly ShipmentState[] = [
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
  state: ShipmentState,
  occurredAtMs: number,
  reportId = `${state}@${occurredAtMs}`,
): Report => ({
  reportId,
  state,
  occurredAtMs,
  location: "",
});
const receive = (reports: readonly Report[]): History =>
  reports.reduce((history, next) => {
    const outcome = record(history, next);
    return outcome.kind === "recorded" ? outcome.history : history;
  }, historyOf([]));
const after = (...statuses: ShipmentState[]) => receive(statuses.map((state, at) => report(state, at))).state;

describe("a shipment's history", () => {
  it.each<[ShipmentState[], ShipmentState]>([
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
  ])("%j ends as %s", (statuses, state) => {
    expect(after(...statuses)).toBe(state);
  });

  it("is ordered by time of occurrence, whatever came first", () => {
    const history = receive([
      report("OUT_FOR_DELIVERY", 30),
      report("LABELLED", 10),
      report("IN_TRANSIT", 20),
    ]);
    expect(history.reports.map(({ state }) => state)).toEqual(["LABELLED", "IN_TRANSIT", "OUT_FOR_DELIVERY"]);
    expect(history.state).toBe("OUT_FOR_DELIVERY");
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
function model(reports: readonly Report[]): ShipmentState {
  const seen = new Set(reports.map(({ state }) => state));
  for (const end of ["DELIVERED", "RETURNED", "LOST"] as const) if (seen.has(end)) return end;
  const rank = ["CREATED", "LABELLED", "HANDED_OVER", "IN_TRANSIT"];
  const timeline = [...reports].sort(
    (a, b) => a.occurredAtMs - b.occurredAtMs || (a.reportId < b.reportId ? -1 : 1),
  );
  let state: ShipmentState = "CREATED";
  for (const next of timeline) {
    const onLastLeg = !rank.slice(0, 3).includes(next.state);
    if (onLastLeg || rank.indexOf(next.state) > rank.indexOf(state)) {
      const goesBack = !onLastLeg && !rank.includes(state);
      if (!goesBack) state = next.state;
    }
  }
  return state;
}

function randomReports(random: SeededRandom): Report[] {
  return Array.from({ length: random.integer(0, 12) }, (_, index) =>
    // Few distinct times, so that ties are common.
    report(random.pick(reportable), random.integer(0, 8), `event-${index}`),
  );
}

describe("any order and repetition of the same reports", () => {
  it("gives the state that the model gives, and one history", async () => {
    const random = seededRandom();
    await random.reporting(() => {
      for (let round = 0; round < 3_000; round += 1) {
        const reports = randomReports(random);
        const arrivals = random.shuffle([...reports, ...reports.filter(() => random.next() < 0.5)]);
        const history = receive(arrivals);
        expect(history).toEqual(receive(reports));
        expect(history.reports).toHaveLength(reports.length);
        expect(history.state).toBe(model(reports));
      }
    });
  });

  it("never goes back into motion from an end", async () => {
    const random = seededRandom();
    await random.reporting(() => {
      for (let round = 0; round < 1_000; round += 1) {
        const states = random.shuffle(randomReports(random)).map((_, index, arrivals) => {
          return receive(arrivals.slice(0, index + 1)).state;
        });
        const firstEnd = states.findIndex(isTerminal);
        const afterEnd = firstEnd < 0 ? [] : states.slice(firstEnd);
        expect(afterEnd.every(isTerminal)).toBe(true);
      }
    });
  });
});
