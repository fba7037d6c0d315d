import { describe, expect, it } from "@jest/globals";
import type { Clock } from "./clock.js";
import { Deadline } from "./deadline.js";

function clockAt(state: { monotonic: number; now: number }): Clock {
  return {
    nowMs: () => state.now,
    monotonicMs: () => state.monotonic,
    setTimer: () => ({ clear() {} }),
  };
}

describe("Deadline", () => {
  it("counts down to zero and stays there", () => {
    const time = { monotonic: 100, now: 0 };
    const deadline = Deadline.after(clockAt(time), 50);
    expect(deadline.remainingMs()).toBe(50);
    time.monotonic = 149;
    expect(deadline.expired).toBe(false);
    time.monotonic = 150;
    expect(deadline.expired).toBe(true);
    time.monotonic = 10_000;
    expect(deadline.remainingMs()).toBe(0);
  });

  it("does not move when the machine's clock is set", () => {
    const time = { monotonic: 100, now: 1_000_000 };
    const deadline = Deadline.after(clockAt(time), 50);
    time.now = 0;
    expect(deadline.remainingMs()).toBe(50);
  });

  it.each([0, -1])("has passed at once when given %d ms", (ms) => {
    expect(Deadline.after(clockAt({ monotonic: 1, now: 1 }), ms).expired).toBe(true);
  });
});
