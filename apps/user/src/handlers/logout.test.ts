import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { loggedIn } from "../testing/accounts.js";
import { shopper } from "../testing/calls.js";
import { createFixture, type Fixture } from "../testing/fixture.js";

describe("Logout", () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await createFixture();
  });
  afterAll(() => fixture.close());

  const refresh = (refreshToken: string) => fixture.calls.refreshSession({ refreshToken });
  const invalid = { reason: "REFRESH_TOKEN_INVALID" };

  it("ends the session of the access token and no other; a repeat changes nothing", async () => {
    const { calls } = fixture;
    const here = await loggedIn(calls);
    const there = await loggedIn(calls, here.email);
    await calls.logout({}, { principal: here.principal });
    await calls.logout({}, { principal: here.principal });
    await expect(refresh(here.tokens.refreshToken)).rejects.toMatchObject(invalid);
    await expect(refresh(there.tokens.refreshToken)).resolves.toBeDefined();
  });

  it("ends all sessions of the account when asked to", async () => {
    const { calls } = fixture;
    const here = await loggedIn(calls);
    const there = await loggedIn(calls, here.email);
    const stranger = await loggedIn(calls);
    await calls.logout({ everywhere: true }, { principal: here.principal });
    await expect(refresh(here.tokens.refreshToken)).rejects.toMatchObject(invalid);
    await expect(refresh(there.tokens.refreshToken)).rejects.toMatchObject(invalid);
    await expect(refresh(stranger.tokens.refreshToken)).resolves.toBeDefined();
  });

  it("cannot end somebody else's session", async () => {
    const { calls } = fixture;
    const victim = await loggedIn(calls);
    const attacker = await loggedIn(calls);
    await calls.logout({}, { principal: shopper(attacker.user.userId, victim.tokens.sessionId) });
    await expect(refresh(victim.tokens.refreshToken)).resolves.toBeDefined();
  });

  it("is for users", async () => {
    const { calls } = fixture;
    await expect(calls.logout({})).rejects.toMatchObject({ reason: "TOKEN_MISSING" });
    const principal = { kind: "service", service: "buy" } as const;
    await expect(calls.logout({}, { principal })).rejects.toMatchObject({ reason: "TOKEN_MISSING" });
  });
});

describe("GetMe", () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await createFixture();
  });
  afterAll(() => fixture.close());

  it("answers with the account as it is now", async () => {
    const { calls } = fixture;
    const { user, principal } = await loggedIn(calls);
    expect((await calls.getMe({}, { principal })).user).toEqual(user);
  });

  it("knows no account that was erased or never was", async () => {
    const { calls, deps } = fixture;
    const { user, principal } = await loggedIn(calls);
    await deps.db.updateTable("users").set({ status: "erased" }).where("user_id", "=", user.userId).execute();
    await expect(calls.getMe({}, { principal })).rejects.toMatchObject({ reason: "USER_NOT_FOUND" });
    const nobody = shopper("0190a000-0000-7000-8000-00000000ffff");
    await expect(calls.getMe({}, { principal: nobody })).rejects.toMatchObject({ reason: "USER_NOT_FOUND" });
  });
});
