import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import type { Criticality } from "@charter/policy";
import { ManualClock, seededRandom } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { LoopModel, type ModelCall, type ModelOutcome, poissonCalls } from "../testing/loop-model.js";
import { Turns } from "./turns.js";
import type { Shed } from "./waiting-line.js";

const WORK_MS = 1;
/** What reading a call and turning it away costs the modelled server. */
const READ_MS = 0.005;
const MAX_WAIT_MS = 100;

/** Serves calls with 1 ms of work each; what became of each. */
async function serve(calls: readonly ModelCall[]): Promise<ModelOutcome[]> {
  const loop = new LoopModel();
  const turns = new Turns(loop, loop.setImmediate);
  const outcomes: ModelOutcome[] = [];
  const end = (call: ModelCall, served: boolean) => {
    if (served) loop.spend(WORK_MS);
    outcomes.push({ ...call, served, tookMs: loop.monotonicMs() - call.atMs });
  };
  await loop.run(calls, (call) => {
    loop.spend(READ_MS);
    const claim = { criticality: call.criticality, maxWaitMs: MAX_WAIT_MS };
    if (turns.refuses(claim)) return end(call, false);
    const settle = (shed: Shed | undefined) => end(call, shed === undefined);
    const outcome = turns.enter({ ...claim, settle });
    if (!outcome || typeof outcome === "string") settle(outcome);
  });
  return outcomes;
}

const mixed = (index: number): Criticality => {
  if (index % 20 === 0) return "critical";
  return index % 3 === 0 ? "sheddable" : "default";
};

const shareServed = (outcomes: readonly ModelOutcome[]) =>
  outcomes.filter((it) => it.served).length / outcomes.length;
const of = (criticality: Criticality, outcomes: readonly ModelOutcome[]) =>
  outcomes.filter((it) => it.criticality === criticality);

function p99(outcomes: readonly ModelOutcome[]): number {
  const took = outcomes
    .filter((it) => it.served)
    .map((it) => it.tookMs)
    .toSorted((a, b) => a - b);
  return took[Math.floor(took.length * 0.99)] ?? Number.NaN;
}

describe("the turns of an event loop that is offered more than it can do", () => {
  it.each([2, 5, 10])(
    "%d times as much: it goes on at its pace, and who is let in is served soon",
    (factor) => {
      const random = seededRandom();
      return random.reporting(async () => {
        const calm = await serve(poissonCalls(300, 5_000, random.next, mixed));
        const all = await serve(poissonCalls(factor * 1_000, 5_000, random.next, mixed));
        const steady = all.filter((it) => it.atMs >= 1_000);
        const perSecond = steady.filter((it) => it.served).length / 4;
        expect(perSecond).toBeGreaterThanOrEqual(900);
        expect(shareServed(of("critical", steady))).toBe(1);
        expect(shareServed(of("sheddable", steady))).toBeLessThan(shareServed(of("default", steady)));
        expect(p99(of("critical", steady))).toBeLessThanOrEqual(3 * p99(calm));
        // The twentieth of their time that calls may wait in a line that stands, and their turn.
        expect(p99(steady)).toBeLessThanOrEqual(MAX_WAIT_MS / 20 + 5);
      });
    },
  );

  it("takes everybody again once that is over", () => {
    const random = seededRandom();
    return random.reporting(async () => {
      const over = poissonCalls(10_000, 2_000, random.next, mixed);
      const after = poissonCalls(500, 3_000, random.next, mixed).map((it) => ({
        ...it,
        atMs: it.atMs + 2_000,
      }));
      const outcomes = await serve([...over, ...after]);
      expect(shareServed(outcomes.filter((it) => it.atMs > 2_500))).toBe(1);
    });
  });
});

describe("a turn", () => {
  it("begins calls in the context of none, whichever of them opened it", () => {
    const clock = new ManualClock();
    const scheduled: (() => void)[] = [];
    // As setImmediate does, in the context in which it was called.
    const schedule = (callback: () => void) => void scheduled.push(AsyncResource.bind(callback));
    const turns = new Turns(clock, schedule);
    const calls = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const settle = () => void seen.push(calls.getStore());
    for (const name of ["first", "second", "third"])
      calls.run(name, () => turns.enterNext({ criticality: "default", maxWaitMs: 100, settle }));
    calls.run("a call", () => {
      while (seen.length < 3) scheduled.shift()?.();
    });
    expect(seen).toEqual([undefined, undefined, undefined]);
  });
});

describe("the turns of an event loop that can do what it is offered", () => {
  it("lets everybody in, also sheddable calls", () => {
    const random = seededRandom();
    return random.reporting(async () => {
      expect(shareServed(await serve(poissonCalls(500, 5_000, random.next, mixed)))).toBe(1);
    });
  });

  it("works off a burst as far as waiting for it is allowed", async () => {
    const burst = Array.from({ length: 200 }, () => ({ atMs: 0, criticality: "default" as const }));
    const served = (await serve(burst)).filter((it) => it.served);
    expect(served.length).toBeGreaterThanOrEqual(90);
    expect(p99(served)).toBeLessThanOrEqual(MAX_WAIT_MS + 10);
  });
});
