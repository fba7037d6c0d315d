import { sleep } from "@charter/time";
import { describe, expect, it } from "@jest/globals";
import { ManualClock } from "./index.js";

describe("ManualClock", () => {
  it("stands still until it is advanced", async () => {
    const clock = new ManualClock(1_000);
    expect([clock.nowMs(), clock.monotonicMs()]).toEqual([1_000, 0]);
    await clock.advance(250);
    expect([clock.nowMs(), clock.monotonicMs()]).toEqual([1_250, 250]);
  });

  it("runs due timers in order of time, then of setting, and shows each its own moment", async () => {
    const clock = new ManualClock();
    const seen: string[] = [];
    const note = (name: string) => () => seen.push(`${name}@${clock.monotonicMs()}`);
    clock.setTimer(note("late"), 30);
    clock.setTimer(note("first"), 10);
    clock.setTimer(note("second"), 10);
    clock.setTimer(note("never"), 31);
    await clock.advance(30);
    expect(seen).toEqual(["first@10", "second@10", "late@30"]);
    expect(clock.pendingTimers).toBe(1);
  });

  it("runs timers that earlier ones set within the same advance", async () => {
    const clock = new ManualClock();
    const rounds: number[] = [];
    const loop = async () => {
      for (;;) {
        await sleep(clock, 100);
        rounds.push(clock.monotonicMs());
      }
    };
    void loop();
    await clock.advance(350);
    expect(rounds).toEqual([100, 200, 300]);
  });

  it("does not run a cleared timer", async () => {
    const clock = new ManualClock();
    let ran = false;
    clock
      .setTimer(() => {
        ran = true;
      }, 5)
      .clear();
    await clock.advance(10);
    expect(ran).toBe(false);
    expect(clock.pendingTimers).toBe(0);
  });

  it("tells when the code under test has begun to wait", async () => {
    const clock = new ManualClock();
    const waiting = clock.timersPending(2);
    void sleep(clock, 1);
    void sleep(clock, 1);
    await waiting;
    expect(clock.pendingTimers).toBe(2);
  });
});
