import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { maxSessionsPerAccount } from "../domain/session.js";
import { accountLimits, addressLimits } from "../domain/throttle.js";
import { loggedIn, password } from "../testing/accounts.js";
import { callsOf } from "../testing/calls.js";
import { createFixture, type Fixture } from "../testing/fixture.js";

const wrong = "not the right one";
const unknown = "nobody@example.org";

describe("Login", () => {
  let fixture: Fixture;
  beforeEach(async () => {
    fixture = await createFixture();
  });
  afterEach(() => fixture.close());

  /** Lets `count` logins fail, each as soon as it is looked at; returns the waits in between. */
  async function failures(email: string, count: number): Promise<number[]> {
    const waits: number[] = [];
    for (let failed = 0; failed < count; ) {
      const refusal = await refusalOf(email);
      if (refusal.reason === "INVALID_CREDENTIALS") {
        failed += 1;
        waits.push(0);
      } else {
        waits[waits.length - 1] = refusal.retryAfterMs;
        await fixture.clock.advance(refusal.retryAfterMs);
      }
    }
    return waits;
  }

  async function refusalOf(email: string, secret = wrong, peerAddress = "192.0.2.1") {
    const error: unknown = await fixture.calls.login({ email, password: secret }, { peerAddress }).then(
      () => new Error("the login succeeded"),
      (refusal: unknown) => refusal,
    );
    const { reason, code, message, details } = error as {
      reason: string;
      code: number;
      message: string;
      details: { value: { retryDelay?: { seconds: bigint; nanos: number } } }[];
    };
    const delay = details.find(({ value }) => value.retryDelay)?.value.retryDelay;
    return {
      reason,
      code,
      message,
      retryAfterMs: delay ? Number(delay.seconds) * 1_000 + delay.nanos / 1e6 : 0,
    };
  }

  it("gives tokens for ten minutes and thirty days, and the account", async () => {
    const { calls, clock, deps } = fixture;
    const { email, tokens, user } = await loggedIn(calls);
    expect(user.email).toBe(email);
    expect(Number(tokens.accessTokenExpireTime?.seconds) * 1_000 - clock.nowMs()).toBe(600_000);
    expect(Number(tokens.refreshTokenExpireTime?.seconds) * 1_000 - clock.nowMs()).toBe(30 * 86_400_000);
    expect(tokens.refreshToken).toMatch(/^shop_rt_/);
    const stored = JSON.stringify(await deps.db.selectFrom("refresh_tokens").selectAll().execute());
    expect(stored).not.toContain(tokens.refreshToken);
  });

  it("answers an unknown address as a wrong password, after the same work", async () => {
    const { calls, algorithm, deps } = fixture;
    const { email } = await loggedIn(calls);
    const costOf = async (address: string) => {
      const before = algorithm.computed;
      const refusal = await refusalOf(address);
      return { refusal, computed: algorithm.computed - before };
    };
    const known = await costOf(email);
    expect(known).toMatchObject({ refusal: { reason: "INVALID_CREDENTIALS" }, computed: 1 });
    expect(await costOf(unknown)).toEqual(known);
    const { email: withoutPassword } = await loggedIn(calls);
    await deps.db
      .updateTable("users")
      .set({ password_hash: null })
      .where("email_normal", "=", withoutPassword)
      .execute();
    expect(await costOf(withoutPassword)).toEqual(known);
  });

  it.each([
    ["a known", true],
    ["an unknown", false],
  ])("makes the wait grow for %s address", async (_, known) => {
    const email = known ? (await loggedIn(fixture.calls)).email : unknown;
    expect(await failures(email, 9)).toEqual([0, 0, 0, 0, 1_000, 2_000, 4_000, 8_000, 0]);
  });

  it("looks at no password while it waits, not even the right one", async () => {
    const { calls, algorithm, clock } = fixture;
    const { email } = await loggedIn(calls);
    await failures(email, accountLimits.freeFailures);
    const before = algorithm.computed;
    expect(await refusalOf(email, password)).toMatchObject({
      reason: "TOO_MANY_ATTEMPTS",
      retryAfterMs: 1_000,
    });
    expect(algorithm.computed).toBe(before);
    await clock.advance(1_000);
    await expect(calls.login({ email, password })).resolves.toBeDefined();
  });

  it("forgets the failures of an account with its success", async () => {
    const { calls } = fixture;
    const { email } = await loggedIn(calls);
    await failures(email, accountLimits.freeFailures - 1);
    await calls.login({ email, password });
    expect(await failures(email, accountLimits.freeFailures - 1)).toEqual([0, 0, 0, 0]);
  });

  it("counts guesses that come all at once one after the other", async () => {
    const { calls, algorithm } = fixture;
    const { email } = await loggedIn(calls);
    const before = algorithm.computed;
    const refusals = await Promise.all(Array.from({ length: 40 }, () => refusalOf(email)));
    const looked = refusals.filter(({ reason }) => reason === "INVALID_CREDENTIALS").length;
    expect(looked).toBe(accountLimits.freeFailures);
    expect(algorithm.computed - before).toBe(looked);
  });

  it("slows down one network address that fails on many accounts, and no other", async () => {
    for (let guess = 0; guess < addressLimits.freeFailures; guess += 1) {
      const refusal = await refusalOf(`guess-${guess}@example.org`);
      expect(refusal.reason).toBe("INVALID_CREDENTIALS");
    }
    expect(await refusalOf("fresh@example.org")).toMatchObject({ reason: "TOO_MANY_ATTEMPTS" });
    expect(await refusalOf("fresh@example.org", wrong, "198.51.100.7")).toMatchObject({
      reason: "INVALID_CREDENTIALS",
    });
  });

  it("does not count a login that nobody looked at", async () => {
    const { calls, deps } = fixture;
    const { email } = await loggedIn(calls);
    const full = { ...deps, hasher: { ...deps.hasher, verify: () => Promise.reject(new Error("down")) } };
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await expect(callsOf(full, fixture.clock).login({ email, password })).rejects.toThrow("down");
    }
    await expect(calls.login({ email, password })).resolves.toBeDefined();
  });

  it("tells that an account is locked only to who knows the password", async () => {
    const { calls, deps } = fixture;
    const { email, user } = await loggedIn(calls);
    await deps.db.updateTable("users").set({ status: "locked" }).where("user_id", "=", user.userId).execute();
    expect(await refusalOf(email)).toMatchObject({ reason: "INVALID_CREDENTIALS" });
    expect(await refusalOf(email, password)).toMatchObject({ reason: "ACCOUNT_LOCKED" });
  });

  it("ends the session used least recently beyond the bound", async () => {
    const { calls, clock } = fixture;
    const { email, tokens: first } = await loggedIn(calls);
    const second = await calls.login({ email, password });
    await clock.advance(1_000);
    const refreshed = await calls.refreshSession({ refreshToken: first.refreshToken });
    for (let more = 2; more <= maxSessionsPerAccount; more += 1) {
      await clock.advance(1_000);
      await calls.login({ email, password });
    }
    await expect(
      calls.refreshSession({ refreshToken: second.tokens?.refreshToken ?? "" }),
    ).rejects.toMatchObject({ reason: "REFRESH_TOKEN_INVALID" });
    await expect(
      calls.refreshSession({ refreshToken: refreshed.tokens?.refreshToken ?? "" }),
    ).resolves.toBeDefined();
  });
});
