import { ManualClock } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { IdleTimer } from "./idle-timer.js";

describe("IdleTimer", () => {
  it("calls back once, when the whole time has passed since something was noted", async () => {
    const clock = new ManualClock();
    let calls = 0;
    const timer = new IdleTimer(clock, 100, () => {
      calls += 1;
    });
    await clock.advance(60);
    timer.note();
    await clock.advance(99);
    expect(calls).toBe(0);
    await clock.advance(1);
    expect(calls).toBe(1);
    await clock.advance(1_000);
    expect([calls, clock.pendingTimers]).toEqual([1, 0]);
  });

  it("leaves no timer when it is cleared", async () => {
    const clock = new ManualClock();
    const timer = new IdleTimer(clock, 100, () => {
      throw new Error("it was cleared");
    });
    await clock.advance(60);
    timer.note();
    await clock.advance(60);
    timer.clear();
    expect(clock.pendingTimers).toBe(0);
  });
});
