import { describe, expect, it } from "@jest/globals";
import { accountLimits, afterFailure, type Throttle, throttleWaitMs } from "./throttle.js";

const startMs = 1_000_000;

/** The wait after each of `count` failures, each made as soon as it was possible. */
function waits(count: number): number[] {
  let throttle: Throttle | undefined;
  let nowMs = startMs;
  return Array.from({ length: count }, () => {
    nowMs += throttleWaitMs(throttle, nowMs);
    throttle = afterFailure(throttle, accountLimits, nowMs);
    return throttleWaitMs(throttle, nowMs);
  });
}

describe("the throttle of failed logins", () => {
  it("lets somebody mistype a few times, then doubles the wait up to its bound", () => {
    expect(waits(17)).toEqual([
      0, 0, 0, 0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 512_000, 900_000,
      900_000, 900_000,
    ]);
  });

  it("lets anybody try whom it does not know", () => {
    expect(throttleWaitMs(undefined, startMs)).toBe(0);
  });

  it("counts the wait down", () => {
    const throttle = { failures: 9, lastFailureMs: startMs, blockedUntilMs: startMs + 500 };
    expect(throttleWaitMs(throttle, startMs + 200)).toBe(300);
    expect(throttleWaitMs(throttle, startMs + 501)).toBe(0);
  });

  it("starts afresh long after the last failure", () => {
    const old = { failures: 50, lastFailureMs: startMs, blockedUntilMs: startMs };
    const { forgetAfterMs } = accountLimits;
    expect(afterFailure(old, accountLimits, startMs + forgetAfterMs).failures).toBe(51);
    expect(afterFailure(old, accountLimits, startMs + forgetAfterMs + 1).failures).toBe(1);
  });

  it("stays bounded after any number of failures", () => {
    const many = { failures: 100_000, lastFailureMs: startMs, blockedUntilMs: 0 };
    expect(throttleWaitMs(afterFailure(many, accountLimits, startMs), startMs)).toBe(
      accountLimits.maxDelayMs,
    );
  });
});
