import { ManualClock } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { SlidingWindow } from "./sliding-window.js";

describe("SlidingWindow", () => {
  it("counts what happened within the window and forgets what is older", async () => {
    const clock = new ManualClock();
    const window = new SlidingWindow(clock, 10_000);
    window.add(1, 1);
    await clock.advance(5_000);
    window.add(2, 0);
    expect(window.counts()).toEqual({ total: 3, hits: 1 });
    await clock.advance(5_000);
    expect(window.counts()).toEqual({ total: 2, hits: 0 });
    await clock.advance(60_000);
    expect(window.counts()).toEqual({ total: 0, hits: 0 });
  });

  it("can be emptied, at the very start too", () => {
    const window = new SlidingWindow(new ManualClock(), 10_000);
    window.add(5, 5);
    window.clear();
    expect(window.counts()).toEqual({ total: 0, hits: 0 });
    window.add(1, 0);
    expect(window.counts()).toEqual({ total: 1, hits: 0 });
  });
});
