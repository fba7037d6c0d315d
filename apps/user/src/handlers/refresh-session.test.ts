import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { graceMs, sessionLifetimeMs } from "../domain/session.js";
import { loggedIn } from "../testing/accounts.js";
import { createFixture, type Fixture } from "../testing/fixture.js";

describe("RefreshSession", () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await createFixture();
  });
  afterAll(() => fixture.close());

  async function refresh(refreshToken: string): Promise<string> {
    const { tokens } = await fixture.calls.refreshSession({ refreshToken });
    return tokens?.refreshToken ?? "";
  }
  const tokensOf = (sessionId: string) =>
    fixture.deps.db.selectFrom("refresh_tokens").selectAll().where("session_id", "=", sessionId).execute();
  const invalid = { reason: "REFRESH_TOKEN_INVALID" };
  const reused = { reason: "REFRESH_TOKEN_REUSED" };

  it("gives a new token each time and keeps the session", async () => {
    const { tokens } = await loggedIn(fixture.calls);
    const next = await fixture.calls.refreshSession({ refreshToken: tokens.refreshToken });
    expect(next.tokens?.sessionId).toBe(tokens.sessionId);
    expect(next.tokens?.refreshTokenExpireTime).toEqual(tokens.refreshTokenExpireTime);
    expect(next.tokens?.refreshToken).not.toBe(tokens.refreshToken);
    expect(next.tokens?.accessToken).not.toBe(tokens.accessToken);
  });

  it("makes one successor when one token is exchanged 20 times at once", async () => {
    const { tokens } = await loggedIn(fixture.calls);
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(tokens.refreshToken)));
    expect(new Set(answers).size).toBe(1);
    expect(await tokensOf(tokens.sessionId)).toHaveLength(2);
    await expect(refresh(answers[0] ?? "")).resolves.toMatch(/^shop_rt_/);
  });

  it("repeats an answer that was lost on the wire, within the grace", async () => {
    const { tokens } = await loggedIn(fixture.calls);
    const successor = await refresh(tokens.refreshToken);
    await fixture.clock.advance(graceMs);
    expect(await refresh(tokens.refreshToken)).toBe(successor);
  });

  it("ends the session when its former token comes after the grace", async () => {
    const { tokens } = await loggedIn(fixture.calls);
    const successor = await refresh(tokens.refreshToken);
    await fixture.clock.advance(graceMs + 1);
    await expect(refresh(tokens.refreshToken)).rejects.toMatchObject(reused);
    await expect(refresh(successor)).rejects.toMatchObject(invalid);
    await expect(refresh(tokens.refreshToken)).rejects.toMatchObject(invalid);
  });

  it("ends the session when an older token comes, also within the grace, and no other session", async () => {
    const { tokens, email } = await loggedIn(fixture.calls);
    const other = await loggedIn(fixture.calls, email);
    const second = await refresh(tokens.refreshToken);
    const third = await refresh(second);
    await expect(refresh(tokens.refreshToken)).rejects.toMatchObject(reused);
    await expect(refresh(third)).rejects.toMatchObject(invalid);
    await expect(refresh(other.tokens.refreshToken)).resolves.toMatch(/^shop_rt_/);
  });

  it("ends the session once when an old token is used many times at once", async () => {
    const { tokens } = await loggedIn(fixture.calls);
    await refresh(await refresh(tokens.refreshToken));
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => refresh(tokens.refreshToken)));
    const reasons = outcomes.map((it) => (it.status === "rejected" ? it.reason.reason : "answered")).sort();
    expect(reasons).toEqual([...Array(19).fill("REFRESH_TOKEN_INVALID"), "REFRESH_TOKEN_REUSED"]);
  });

  it("refuses what it never gave out", async () => {
    await expect(refresh("shop_rt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")).rejects.toMatchObject(
      invalid,
    );
    await expect(refresh("' OR 1=1 --")).rejects.toMatchObject(invalid);
  });

  it("refuses a token whose session has expired, however often it was refreshed", async () => {
    const { tokens } = await loggedIn(fixture.calls);
    await fixture.clock.advance(sessionLifetimeMs - 1);
    const last = await refresh(tokens.refreshToken);
    await fixture.clock.advance(1);
    await expect(refresh(last)).rejects.toMatchObject(invalid);
  });

  it("refuses a locked account and leaves the token usable for when it is unlocked", async () => {
    const { deps, calls } = fixture;
    const { tokens, user } = await loggedIn(calls);
    const setStatus = (status: "active" | "locked") =>
      deps.db.updateTable("users").set({ status }).where("user_id", "=", user.userId).execute();
    await setStatus("locked");
    await expect(refresh(tokens.refreshToken)).rejects.toMatchObject({ reason: "ACCOUNT_LOCKED" });
    await setStatus("active");
    await expect(refresh(tokens.refreshToken)).resolves.toMatch(/^shop_rt_/);
  });

  it("carries the roles that the account has now", async () => {
    const { deps, calls } = fixture;
    const { tokens, user } = await loggedIn(calls);
    await deps.db
      .updateTable("users")
      .set({ roles: ["operator"] })
      .where("user_id", "=", user.userId)
      .execute();
    const next = await calls.refreshSession({ refreshToken: tokens.refreshToken });
    const payload = next.tokens?.accessToken.split(".")[1] ?? "";
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({
      sub: user.userId,
      sid: tokens.sessionId,
      roles: ["operator"],
      iss: "shop.user",
      aud: "shop",
    });
  });
});
