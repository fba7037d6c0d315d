import { describe, expect, it } from "@jest/globals";
import type { Clock } from "./clock.js";
import { repeat } from "./repeat.js";

/** A clock whose one timer fires when the test says so; `fire` waits for what that sets off to set the next. */
function handClock() {
  const pending = new Set<() => void>();
  let timerSet = () => {};
  const clock: Clock = {
    nowMs: () => 0,
    monotonicMs: () => 0,
    setTimer(callback) {
      pending.add(callback);
      timerSet();
      return { clear: () => void pending.delete(callback) };
    },
  };
  const fire = () => {
    const [callback] = pending;
    pending.clear();
    callback?.();
  };
  const fireAndWait = () => {
    const set = new Promise<void>((resolve) => {
      timerSet = resolve;
    });
    fire();
    return set;
  };
  return { clock, pending, fire, fireAndWait };
}

describe("repeat", () => {
  it("runs after each pause, and leaves no timer behind", async () => {
    const { clock, pending, fireAndWait } = handClock();
    let rounds = 0;
    const onError = () => {};
    const round = async () => {
      rounds += 1;
    };
    const work = repeat(round, { pauseMs: 10, onError, clock });
    work.start();
    work.start();
    expect([rounds, pending.size]).toEqual([0, 1]);
    await fireAndWait();
    await fireAndWait();
    expect([rounds, pending.size]).toEqual([2, 1]);
    await work.stop();
    work.start();
    expect(pending.size).toBe(0);
  });

  it("tells of a round that fails, and goes on", async () => {
    const { clock, fireAndWait } = handClock();
    const failures: unknown[] = [];
    const onError = (error: unknown) => void failures.push(error);
    const work = repeat(() => Promise.reject(new Error("away")), { pauseMs: 1, onError, clock });
    work.start();
    await fireAndWait();
    expect(failures).toEqual([new Error("away")]);
    await work.stop();
  });

  it("waits at its stop for the running round, which hears of it", async () => {
    const { clock, pending, fire } = handClock();
    let ended = false;
    const round = async (signal: AbortSignal) => {
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      ended = true;
    };
    const work = repeat(round, { pauseMs: 1, onError: () => {}, clock });
    work.start();
    fire();
    await work.stop();
    expect([ended, pending.size]).toEqual([true, 0]);
  });
});
