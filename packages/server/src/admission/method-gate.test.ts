import type { ConcurrencyPolicy, Criticality } from "@charter/policy";
import { ManualClock } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { MethodGate } from "./method-gate.js";
import type { Shed } from "./waiting-line.js";

const two: ConcurrencyPolicy = { maxInFlight: 2, adaptive: false, maxQueue: 2, maxQueueTimeMs: 100 };

function newGate(policy = two) {
  const clock = new ManualClock();
  const gate = new MethodGate(clock, policy);
  const ended: string[] = [];
  const enter = (name: string, criticality: Criticality = "default", now = policy) => {
    const settle = (shed: Shed | undefined) => void ended.push(`${name} ${shed ?? "in"}`);
    const outcome = gate.enter({ criticality, maxWaitMs: now.maxQueueTimeMs, settle }, now);
    if (!outcome || typeof outcome === "string") settle(outcome);
  };
  return { clock, gate, ended, enter };
}

describe("MethodGate", () => {
  it("has as many slots as declared, and a line of as many as declared", async () => {
    const { clock, gate, ended, enter } = newGate();
    for (const name of ["a", "b", "c", "d", "e"]) enter(name);
    await clock.advance(1);
    expect(ended).toEqual(["a in", "b in", "e queue_full"]);
    expect([gate.inFlight, gate.queued, gate.limit]).toEqual([2, 2, 2]);
  });

  it("gives the slot of a call that has ended to the most critical in line", async () => {
    const { clock, gate, ended, enter } = newGate();
    for (const name of ["a", "b", "c"]) enter(name);
    enter("order", "critical");
    gate.leave(undefined);
    await clock.advance(1);
    expect(ended).toEqual(["a in", "b in", "order in"]);
    expect(gate.inFlight).toBe(2);
  });

  it("gives a slot on and on to those in line who give it back at once", () => {
    const waiting = 20_000;
    const long = { ...two, maxInFlight: 1, maxQueue: waiting };
    const { gate } = newGate(long);
    let settled = 0;
    const settle = () => {
      settled += 1;
      gate.leave(undefined);
    };
    const applicant = { criticality: "default" as const, maxWaitMs: 100, settle };
    for (let count = 0; count <= waiting; count += 1) gate.enter(applicant, long);
    gate.leave(undefined);
    expect([settled, gate.inFlight, gate.queued]).toEqual([waiting, 0, 0]);
  });

  it("has no line where none is declared", async () => {
    const { clock, ended, enter } = newGate({ ...two, maxQueue: 0 });
    for (const name of ["a", "b", "c"]) enter(name);
    await clock.advance(1);
    expect(ended).toEqual(["a in", "b in", "c queue_full"]);
  });

  it("follows a policy that is tightened", async () => {
    const { clock, gate, ended, enter } = newGate();
    const one = { ...two, maxInFlight: 1 };
    enter("a");
    enter("b", "default", one);
    expect(gate.limit).toBe(1);
    gate.leave(undefined);
    await clock.advance(1);
    expect(ended).toEqual(["a in", "b in"]);
  });

  it("keeps the adaptive limit under the declared one", async () => {
    const adaptive = { ...two, maxInFlight: 100, adaptive: true };
    const { clock, gate, enter } = newGate(adaptive);
    for (let call = 0; call < 80; call += 1) enter("call", "default", adaptive);
    for (let call = 0; call < 2_000; call += 1) {
      await clock.advance(20);
      gate.leave(call < 1_000 ? 10 : 1_000);
      enter("call", "default", adaptive);
    }
    expect(gate.limit).toBeLessThan(100);
    expect(gate.limit).toBeGreaterThanOrEqual(20);
  });
});
