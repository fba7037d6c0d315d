import { getEventListeners } from "node:events";
import { describe, expect, it } from "@jest/globals";
import type { Clock } from "./clock.js";
import { sleep } from "./sleep.js";

/** A clock whose one timer fires when the test says so. */
function handClock() {
  const pending = new Set<() => void>();
  const clock: Clock = {
    nowMs: () => 0,
    monotonicMs: () => 0,
    setTimer(callback) {
      pending.add(callback);
      return { clear: () => void pending.delete(callback) };
    },
  };
  const fire = () => {
    for (const callback of pending) callback();
  };
  return { clock, pending, fire };
}

describe("sleep", () => {
  it("ends when its time has come and leaves no listener", async () => {
    const { clock, fire } = handClock();
    const { signal } = new AbortController();
    const sleeping = sleep(clock, 10, signal);
    fire();
    await sleeping;
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("ends with the signal's reason and leaves no timer", async () => {
    const { clock, pending } = handClock();
    const controller = new AbortController();
    const sleeping = sleep(clock, 10, controller.signal);
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    expect(pending.size).toBe(0);
  });

  it("does not start under a signal that has aborted", async () => {
    const { clock, pending } = handClock();
    const reason = new Error("enough");
    await expect(sleep(clock, 10, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(pending.size).toBe(0);
  });
});
