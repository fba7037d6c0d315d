import type { Criticality } from "@charter/policy";
import { ManualClock } from "@charter/testing";
import type { Clock } from "@charter/time";
import { describe, expect, it } from "@jest/globals";
import { LoopDelay } from "./loop-delay.js";

/** A clock whose timers ring late. */
function lateClock(manual: ManualClock, late: { ms: number }): Clock {
  return {
    nowMs: () => manual.nowMs(),
    monotonicMs: () => manual.monotonicMs(),
    setTimer: (callback, delayMs) => manual.setTimer(callback, delayMs + late.ms),
  };
}

async function delayOf(lateMs: number) {
  const manual = new ManualClock();
  const late = { ms: lateMs };
  const state = { busy: true };
  const delay = new LoopDelay(lateClock(manual, late), () => state.busy);
  delay.watch();
  for (let step = 0; step < 60; step += 1) await manual.advance(20 + late.ms);
  return { manual, late, state, delay };
}

async function shareShed(lateMs: number, criticality: Criticality): Promise<number> {
  const { delay } = await delayOf(lateMs);
  const shed = Array.from({ length: 1_000 }, () => delay.sheds(criticality));
  return shed.filter(Boolean).length / 1_000;
}

describe("LoopDelay", () => {
  it.each([
    [0, 0, 0, 0],
    [20, 0, 0, 0],
    [60, 0.5, 0, 0],
    [100, 1, 0, 0],
    [300, 1, 0.5, 0],
    [500, 1, 1, 0],
    [5_000, 1, 1, 0],
  ])(
    "of %d ms sheds the share %d of sheddable calls, %d of default and %d of critical ones",
    async (late, ...shares) => {
      const shed = await Promise.all(
        (["sheddable", "default", "critical"] as const).map((it) => shareShed(late, it)),
      );
      for (const [index, share] of shares.entries()) expect(shed[index]).toBeCloseTo(share, 1);
    },
  );

  it("is forgotten when it is over", async () => {
    const { manual, late, delay } = await delayOf(200);
    late.ms = 0;
    await manual.advance(1_000);
    expect(delay.meanMs).toBeLessThan(1);
  });

  it("is not looked at while there are no calls", async () => {
    const { manual, state, delay } = await delayOf(200);
    state.busy = false;
    await manual.advance(1_000);
    expect(manual.pendingTimers).toBe(0);
    expect(delay.meanMs).toBe(0);
  });
});
