import { ManualClock } from "@charter/testing";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "@jest/globals";
import { markNotSent } from "../not-sent.js";
import { Breaker, type Verdict } from "./breaker.js";
import { verdictOf } from "./verdict-of.js";

const POLICY = { failureRatio: 0.5, minCalls: 20, windowMs: 10_000, openForMs: 5_000 };

function setUp() {
  const clock = new ManualClock();
  const breaker = new Breaker(POLICY, clock);
  const calls = (count: number, verdict: Verdict) => {
    for (let i = 0; i < count; i += 1) breaker.enter()?.(verdict);
  };
  const open = () => calls(20, "failure");
  return { clock, breaker, calls, open };
}

describe("Breaker", () => {
  it("stays closed below the least number of calls", () => {
    const { breaker, calls } = setUp();
    calls(19, "failure");
    expect(breaker.state).toBe("closed");
  });

  it("opens at the ratio, and not before", () => {
    const { breaker, calls } = setUp();
    calls(11, "success");
    calls(10, "failure");
    expect(breaker.state).toBe("closed");
    calls(1, "failure");
    expect(breaker.state).toBe("open");
    expect(breaker.enter()).toBeUndefined();
  });

  it("forgets failures that have left the window", async () => {
    const { clock, breaker, calls } = setUp();
    calls(19, "failure");
    await clock.advance(10_000);
    calls(19, "failure");
    expect(breaker.state).toBe("closed");
  });

  it("does not count calls that were given up", () => {
    const { breaker, calls } = setUp();
    calls(100, "nothing");
    calls(19, "failure");
    expect(breaker.state).toBe("closed");
  });

  it("lets one call at a time probe after the wait, and closes when it succeeds", async () => {
    const { clock, breaker, open, calls } = setUp();
    open();
    await clock.advance(4_999);
    expect(breaker.admits).toBe(false);
    await clock.advance(1);
    expect(breaker.state).toBe("half_open");
    const leave = breaker.enter();
    expect(breaker.admits).toBe(false);
    expect(breaker.enter()).toBeUndefined();
    leave?.("success");
    expect(breaker.state).toBe("closed");
    calls(19, "failure");
    expect(breaker.state).toBe("closed");
  });

  it("opens again for the whole wait when the probe fails", async () => {
    const { clock, breaker, open } = setUp();
    open();
    await clock.advance(5_000);
    breaker.enter()?.("failure");
    expect(breaker.state).toBe("open");
    await clock.advance(5_000);
    expect(breaker.state).toBe("half_open");
  });

  it("lets the next call probe when the probe was given up", async () => {
    const { clock, breaker, open } = setUp();
    open();
    await clock.advance(5_000);
    breaker.enter()?.("nothing");
    expect(breaker.admits).toBe(true);
  });

  it("hears nothing from calls that began before it opened", async () => {
    const { clock, breaker, open } = setUp();
    const early = breaker.enter();
    open();
    await clock.advance(5_000);
    early?.("success");
    expect(breaker.state).toBe("half_open");
  });
});

describe("verdictOf", () => {
  const verdicts = (...codes: Code[]) => codes.map((code) => verdictOf(new ConnectError("", code)));

  it("blames the endpoint for four codes only", () => {
    expect(verdicts(Code.Unavailable, Code.DeadlineExceeded, Code.Internal, Code.Unknown)).toEqual(
      Array(4).fill("failure"),
    );
    expect(
      verdicts(Code.NotFound, Code.ResourceExhausted, Code.FailedPrecondition, Code.Unauthenticated),
    ).toEqual(Array(4).fill("success"));
  });

  it("knows nothing of a call that was given up or never sent, and blames what it does not know", () => {
    expect(verdicts(Code.Canceled)).toEqual(["nothing"]);
    expect(verdictOf(markNotSent(new ConnectError("", Code.Unavailable)))).toBe("nothing");
    expect(verdictOf(undefined)).toBe("success");
    expect(verdictOf(new Error("?"))).toBe("failure");
  });
});
