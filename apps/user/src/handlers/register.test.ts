import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { attemptMailIntervalMs } from "../domain/mail-text.js";
import { password } from "../testing/accounts.js";
import { createFixture, type Fixture } from "../testing/fixture.js";

describe("Register", () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await createFixture();
  });
  afterAll(() => fixture.close());

  const accounts = (emailNormal: string) =>
    fixture.deps.db.selectFrom("users").selectAll().where("email_normal", "=", emailNormal).execute();
  const mailsTo = (recipient: string) =>
    fixture.deps.db.selectFrom("mails").selectAll().where("recipient", "=", recipient).execute();

  it("opens an account that can log in at once, unverified and without a role", async () => {
    const { calls } = fixture;
    const email = "Ada@Example.org";
    await calls.register({ idempotencyKey: "a1", email, password, displayName: "Ada", countryCode: "GB" });
    const { user } = await calls.login({ email: "ada@example.ORG", password });
    expect(user).toMatchObject({
      email,
      emailVerified: false,
      displayName: "Ada",
      countryCode: "GB",
      roles: [],
    });
    expect((await mailsTo(email)).map(({ template }) => template)).toEqual(["welcome"]);
  });

  it("answers alike, after the same work, for an address that is taken, and changes nothing there", async () => {
    const { calls, algorithm } = fixture;
    const request = { email: "bob@example.org", password };
    const before = algorithm.computed;
    const free = await calls.register({ ...request, idempotencyKey: "b1" });
    const costOfFree = algorithm.computed - before;
    const taken = await calls.register({
      idempotencyKey: "b2",
      email: "BOB@example.org",
      password: "another password",
    });
    expect(taken).toEqual(free);
    expect(algorithm.computed - before - costOfFree).toBe(costOfFree);
    await expect(calls.login({ email: request.email, password: "another password" })).rejects.toMatchObject({
      reason: "INVALID_CREDENTIALS",
    });
    await expect(calls.login(request)).resolves.toBeDefined();
  });

  it("tells the owner of a taken address, at most once an hour", async () => {
    const { calls, clock } = fixture;
    const email = "carl@example.org";
    const attempt = (idempotencyKey: string) => calls.register({ idempotencyKey, email, password });
    await attempt("c1");
    await Promise.all(["c2", "c3", "c4"].map(attempt));
    const templates = async () => (await mailsTo(email)).map(({ template }) => template).sort();
    expect(await templates()).toEqual(["registration-attempted", "welcome"]);
    await clock.advance(attemptMailIntervalMs);
    await attempt("c5");
    expect(await templates()).toEqual(["registration-attempted", "registration-attempted", "welcome"]);
  });

  it("makes one account of 50 concurrent calls for one address", async () => {
    const { calls } = fixture;
    const attempts = Array.from({ length: 50 }, (_, index) =>
      calls.register({
        idempotencyKey: `d${index}`,
        email: index % 2 ? "dora@example.org" : "DORA@example.org",
        password: `${password} ${index}`,
      }),
    );
    expect(await Promise.all(attempts)).toHaveLength(50);
    expect(await accounts("dora@example.org")).toHaveLength(1);
  });

  it("keeps no fast hash of the password", async () => {
    const { calls, deps } = fixture;
    await calls.register({ idempotencyKey: "h1", email: "hal@example.org", password });
    const [account] = await accounts("hal@example.org");
    expect(account?.password_hash).toBe(`hash of ${password}`);
    const mails = await deps.db.selectFrom("mails").selectAll().execute();
    expect(JSON.stringify(mails)).not.toContain(password);
  });

  it("refuses a password that is easy to guess before it costs anything", async () => {
    const { calls, algorithm } = fixture;
    const before = algorithm.computed;
    await expect(
      calls.register({ idempotencyKey: "i1", email: "ida@example.org", password: "Password2024!" }),
    ).rejects.toMatchObject({ reason: "PASSWORD_TOO_WEAK" });
    expect(algorithm.computed).toBe(before);
    expect(await accounts("ida@example.org")).toEqual([]);
  });
});
