import { AsyncLocalStorage } from "node:async_hooks";
import { ManualClock } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { EarliestTimer } from "./earliest-timer.js";

describe("EarliestTimer", () => {
  it("goes off at the earliest moment that it was told of, then at the one that is left", async () => {
    const clock = new ManualClock();
    const looks: number[] = [];
    const left = [200, Number.POSITIVE_INFINITY];
    const timer = new EarliestTimer(clock, () => {
      looks.push(clock.monotonicMs());
      return left.shift() ?? Number.POSITIVE_INFINITY;
    });
    timer.by(200);
    timer.by(100);
    timer.by(150);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(1_000);
    expect(looks).toEqual([100, 200]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("goes off at once for a moment that has passed", async () => {
    const clock = new ManualClock();
    await clock.advance(100);
    let looks = 0;
    new EarliestTimer(clock, () => {
      looks += 1;
      return Number.POSITIVE_INFINITY;
    }).by(50);
    await clock.advance(0);
    expect(looks).toBe(1);
  });

  it("goes off in no call, whoever set it", async () => {
    const clock = new ManualClock();
    const calls = new AsyncLocalStorage<string>();
    let seen: string | undefined = "never";
    const timer = new EarliestTimer(clock, () => {
      seen = calls.getStore();
      return Number.POSITIVE_INFINITY;
    });
    calls.run("a call", () => timer.by(1));
    await calls.run("another call", () => clock.advance(1));
    expect(seen).toBeUndefined();
  });
});
