import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { loggedIn, password } from "../testing/accounts.js";
import { createFixture, type Fixture } from "../testing/fixture.js";
import { seedOperator } from "./seed-operator.js";

describe("the seeded operator", () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await createFixture();
  });
  afterAll(() => fixture.close());

  it("can log in as an operator; seeding again changes nothing", async () => {
    const { calls, deps, clock } = fixture;
    const operator = { email: "Root@example.org", password: "the first operator" };
    await seedOperator(deps, operator);
    const { user, tokens } = await calls.login(operator);
    expect(user).toMatchObject({ roles: ["operator"], emailVerified: true });
    await clock.advance(1_000);
    await seedOperator(deps, { ...operator, email: "root@example.org" });
    expect((await calls.login(operator)).user).toEqual(user);
    await expect(calls.refreshSession({ refreshToken: tokens?.refreshToken ?? "" })).resolves.toBeDefined();
  });

  it("takes an address over that somebody else registered first", async () => {
    const { calls, deps } = fixture;
    const squatter = await loggedIn(calls, "admin@example.org");
    await seedOperator(deps, { email: squatter.email, password: "the second operator" });
    await expect(calls.login({ email: squatter.email, password })).rejects.toMatchObject({
      reason: "INVALID_CREDENTIALS",
    });
    await expect(calls.refreshSession({ refreshToken: squatter.tokens.refreshToken })).rejects.toMatchObject({
      reason: "REFRESH_TOKEN_INVALID",
    });
    const { user } = await calls.login({ email: squatter.email, password: "the second operator" });
    expect(user).toMatchObject({ userId: squatter.user.userId, roles: ["operator"] });
  });
});
