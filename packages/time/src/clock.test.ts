import { describe, expect, it } from "@jest/globals";
import { systemClock } from "./clock.js";

describe("systemClock", () => {
  it("tells the time of day", () => {
    const before = Date.now();
    expect(systemClock.nowMs()).toBeGreaterThanOrEqual(before);
    expect(systemClock.nowMs()).toBeLessThanOrEqual(Date.now());
  });

  it("never goes back", () => {
    const readings = Array.from({ length: 1_000 }, () => systemClock.monotonicMs());
    expect(readings).toEqual(readings.toSorted((a, b) => a - b));
  });

  it("calls back once, not before its time", async () => {
    const started = systemClock.monotonicMs();
    let calls = 0;
    await timer(5, () => {
      calls += 1;
    });
    // Node counts whole milliseconds and may round one down.
    expect(systemClock.monotonicMs() - started).toBeGreaterThanOrEqual(4);
    await timer(10);
    expect(calls).toBe(1);
  });

  it("does not call back when cleared", async () => {
    let called = false;
    systemClock.setTimer(() => (called = true), 1).clear();
    await timer(5);
    expect(called).toBe(false);
  });
});

/** Resolves after `delayMs` of the clock under test. */
function timer(delayMs: number, callback = () => {}): Promise<void> {
  return new Promise((resolve) => {
    systemClock.setTimer(() => {
      callback();
      resolve();
    }, delayMs);
  });
}
