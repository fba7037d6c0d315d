import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { QuotaFailureSchema, RetryInfoSchema } from "@charter/contract/google/rpc/error_details_pb.js";
import { anonymous, type Principal } from "@charter/identity";
import { compileMethod, type RatePolicy } from "@charter/policy";
import { ManualClock } from "@charter/testing";
import { ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "@jest/globals";
import type { Exchange } from "../http/exchange.js";
import { RateLimiter } from "./rate-limiter.js";

const alice: Principal = { kind: "user", subject: "alice", roles: [], scopes: [], sessionId: "s" };
const bob: Principal = { ...alice, subject: "bob" };
const buy: Principal = { kind: "service", service: "buy" };
const once = (key: RatePolicy["key"]): RatePolicy => ({ key, requests: 1, perMs: 1_000, burst: 1 });

function limiterOf(...rate: RatePolicy[]) {
  const clock = new ManualClock();
  const limiter = new RateLimiter(clock, () => true);
  const policy = { ...compileMethod(ShelfService.method.echo), rate };
  const admits = (principal: Principal = anonymous, address = "192.0.2.1") =>
    refusalOf(() => limiter.admit({ policy, principal, exchange: { address } as Exchange }));
  return { clock, admits };
}

function refusalOf(work: () => void): ConnectError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return ConnectError.from(error);
  }
}

describe("a rate per", () => {
  it("address counts networks, whoever calls", () => {
    const { admits } = limiterOf(once("address"));
    expect(admits(alice, "2001:db8::1")).toBeUndefined();
    expect(admits(bob, "2001:db8::2")).toMatchObject({ reason: "RATE_LIMITED" });
    expect(admits(bob, "2001:db8:0:1::2")).toBeUndefined();
  });

  it.each(["subject", "caller"] as const)("%s counts users and services, wherever they are", (key) => {
    const { admits } = limiterOf(once(key));
    expect(admits(alice, "192.0.2.1")).toBeUndefined();
    expect(admits(alice, "192.0.2.2")).toMatchObject({ reason: "RATE_LIMITED" });
    expect(admits(bob)).toBeUndefined();
    expect(admits(buy)).toBeUndefined();
    expect(admits(buy)).toMatchObject({ reason: "RATE_LIMITED" });
  });

  it("subject counts addresses where nobody has shown a token", () => {
    const { admits } = limiterOf(once("subject"));
    expect(admits(anonymous, "192.0.2.1")).toBeUndefined();
    expect(admits(anonymous, "192.0.2.1")).toMatchObject({ reason: "RATE_LIMITED" });
    expect(admits(anonymous, "192.0.2.2")).toBeUndefined();
  });

  it("process counts all", () => {
    const { admits } = limiterOf(once("global"));
    expect(admits(alice)).toBeUndefined();
    expect(admits(bob, "192.0.2.2")).toMatchObject({ reason: "RATE_LIMITED" });
  });
});

describe("a refusal", () => {
  it("says which rate it was and when to come back", async () => {
    const { clock, admits } = limiterOf(once("subject"));
    admits(alice);
    await clock.advance(400);
    const error = admits(alice);
    expect(error?.findDetails(RetryInfoSchema)[0]?.retryDelay).toMatchObject({ nanos: 600_000_000 });
    expect(error?.findDetails(QuotaFailureSchema)[0]?.violations).toMatchObject([
      { subject: "user alice", description: "1 calls per 1000 ms, at most 1 at once" },
    ]);
    await clock.advance(600);
    expect(admits(alice)).toBeUndefined();
  });

  it("by one of several rates costs no token of the others", async () => {
    const { clock, admits } = limiterOf(
      { ...once("subject"), burst: 2, requests: 2, perMs: 1_000_000 },
      once("global"),
    );
    expect(admits(alice)).toBeUndefined();
    expect(admits(alice)).toMatchObject({ reason: "RATE_LIMITED" });
    await clock.advance(1_000);
    expect(admits(alice)).toBeUndefined();
  });
});
