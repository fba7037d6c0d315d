import { Code as ContractCode } from "@charter/contract/charter/v1/code_pb.js";
import { seededRandom } from "@charter/testing";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "@jest/globals";
import { backoffMs } from "./backoff.js";
import { type FailedAttempt, MAX_UNSEEN_RETRIES, planRetry } from "./plan-retry.js";
import { pushbackOf } from "./pushback.js";

const POLICY = {
  maxAttempts: 3,
  backoffMs: 50,
  maxBackoffMs: 1_000,
  multiplier: 2,
  codes: [ContractCode.UNAVAILABLE],
};

/** Worth repeating by the contract. */
const FAILED: FailedAttempt = {
  code: Code.Unavailable,
  attempt: 1,
  unseen: false,
  overloaded: false,
  hopeless: false,
  pushback: undefined,
  elsewhere: true,
  answered: true,
  replayable: true,
  safe: true,
  policy: POLICY,
  remainingMs: 5_000,
};

const plan = (change: Partial<FailedAttempt>) => planRetry({ ...FAILED, ...change }, () => 0.5);

describe("a retry that the contract declares", () => {
  it("waits half of the bound on average, and is paid for", () => {
    expect(plan({})).toEqual({ delayMs: 25, budgeted: true });
    expect(plan({ attempt: 2 })).toEqual({ delayMs: 50, budgeted: true });
  });

  it.each<[string, Partial<FailedAttempt>]>([
    ["the attempts are used up", { attempt: 3 }],
    ["the code is not among those declared", { code: Code.Internal }],
    ["the method has effects and nothing makes it safe", { safe: false }],
    ["the contract declares none", { policy: undefined }],
    ["the request cannot be sent again", { replayable: false }],
    ["the callee asks not to", { pushback: "never" }],
    ["the wait would outlast the deadline", { remainingMs: 25 }],
    ["the callee asks for a longer wait than is left", { pushback: 5_000 }],
    ["the same would happen again", { hopeless: true }],
  ])("does not come when %s", (_, change) => {
    expect(plan(change)).toBeUndefined();
  });

  it("waits at least as long as the callee asks", () => {
    expect(plan({ pushback: 700 })?.delayMs).toBe(700);
  });
});

describe("a retry of what no server saw", () => {
  const unseen = { unseen: true, safe: false, policy: undefined };

  it("needs no leave and no budget: elsewhere, or over another connection", () => {
    expect(plan(unseen)).toEqual({ delayMs: 0, budgeted: false });
    expect(plan({ ...unseen, elsewhere: false, answered: false })).toEqual({ delayMs: 0, budgeted: false });
  });

  it("does not go back to the endpoint that has just refused it", () => {
    expect(plan({ ...unseen, elsewhere: false })).toBeUndefined();
  });

  it("is allowed to wait for that endpoint where the contract declares retries", () => {
    expect(plan({ unseen: true, safe: false, elsewhere: false, pushback: 300 })).toEqual({
      delayMs: 300,
      budgeted: true,
    });
  });

  it("ends after a few", () => {
    expect(plan({ ...unseen, attempt: MAX_UNSEEN_RETRIES })).toBeDefined();
    expect(plan({ ...unseen, attempt: MAX_UNSEEN_RETRIES + 1 })).toBeUndefined();
  });

  it("is for UNAVAILABLE only: another token or time is not found elsewhere", () => {
    expect(plan({ ...unseen, code: Code.Unauthenticated })).toBeUndefined();
  });
});

describe("a retry of what one instance had no capacity for", () => {
  const overloaded = {
    code: Code.ResourceExhausted,
    unseen: true,
    overloaded: true,
    safe: false,
    policy: undefined,
  };

  it("goes elsewhere, once, and is paid for", () => {
    expect(plan({ ...overloaded, pushback: 1_000 })).toEqual({ delayMs: 0, budgeted: true });
    expect(plan({ ...overloaded, attempt: 2 })).toBeUndefined();
    expect(plan({ ...overloaded, elsewhere: false })).toBeUndefined();
  });
});

describe("whatever else is true of a failed attempt", () => {
  const booleans = [true, false];
  const situations: FailedAttempt[] = Object.values(Code)
    .filter((code) => typeof code === "number")
    .flatMap((code) => booleans.map((hopeless) => ({ ...FAILED, code, hopeless })))
    .flatMap((it) => booleans.map((elsewhere) => ({ ...it, elsewhere })))
    .flatMap((it) => booleans.map((answered) => ({ ...it, answered })))
    .flatMap((it) => booleans.map((replayable) => ({ ...it, replayable })))
    .flatMap((it) => [POLICY, undefined].map((policy) => ({ ...it, policy })))
    .flatMap((it) => [undefined, 0, 100, "never" as const].map((pushback) => ({ ...it, pushback })))
    .flatMap((it) => [1, 2, 9].map((attempt) => ({ ...it, attempt })));

  it("what may have had an effect is not repeated where that is not safe", () => {
    expect(situations.length).toBeGreaterThan(3_000);
    const planned = situations.filter((it) => planRetry({ ...it, safe: false, unseen: false }, () => 0));
    expect(planned).toEqual([]);
  });

  it("what costs the callee work is paid for", () => {
    const plans = situations.map((it) => planRetry({ ...it, unseen: false }, () => 0));
    expect(plans.some((it) => it?.budgeted)).toBe(true);
    expect(plans.filter((it) => it && !it.budgeted)).toEqual([]);
  });
});

describe("backoffMs", () => {
  it("is anything below a bound that grows to the largest", () =>
    (() => {
      const random = seededRandom();
      return random.reporting(() => {
        for (const [attempt, bound] of [
          [1, 50],
          [2, 100],
          [3, 200],
          [9, 1_000],
        ] as const) {
          const waits = Array.from({ length: 500 }, () => backoffMs(POLICY, attempt, random.next));
          expect(Math.min(...waits)).toBeLessThan(bound * 0.1);
          expect(Math.max(...waits)).toBeGreaterThan(bound * 0.9);
          expect(Math.max(...waits)).toBeLessThan(bound);
        }
      });
    })());
});

describe("pushbackOf", () => {
  const error = (value?: string) =>
    new ConnectError(
      "",
      Code.Unavailable,
      value === undefined ? undefined : { "grpc-retry-pushback-ms": value },
    );

  it("reads gRPC's trailer, where anything but a number means never", () => {
    expect(pushbackOf(error("120"))).toBe(120);
    expect(pushbackOf(error("-1"))).toBe("never");
    expect(pushbackOf(error("soon"))).toBe("never");
    expect(pushbackOf(error())).toBeUndefined();
  });
});
