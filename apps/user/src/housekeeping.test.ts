import { createLogger } from "@charter/telemetry";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { keepEndedSessionsMs, sessionLifetimeMs } from "./domain/session.js";
import { accountLimits } from "./domain/throttle.js";
import { createHousekeeping, tidy } from "./housekeeping.js";
import { loggedIn } from "./testing/accounts.js";
import { createFixture, type Fixture } from "./testing/fixture.js";

describe("housekeeping", () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await createFixture();
  });
  afterAll(() => fixture.close());

  const keeper = () => {
    const log = createLogger({ service: "user", level: "silent" });
    return createHousekeeping({ db: fixture.deps.db, clock: fixture.clock, log });
  };
  const rows = async () => {
    const { db } = fixture.deps;
    const tables = await Promise.all([
      db.selectFrom("login_throttles").select("key").execute(),
      db.selectFrom("sessions").select("session_id").execute(),
      db.selectFrom("refresh_tokens").select("session_id").execute(),
      db.selectFrom("mails").select("mail_id").execute(),
    ]);
    return tables.map(({ length }) => length);
  };

  it("forgets throttles, sessions and mails whose time is over, and nothing before", async () => {
    const { calls, clock } = fixture;
    const { tokens } = await loggedIn(calls);
    await calls.refreshSession({ refreshToken: tokens.refreshToken });
    await expect(calls.login({ email: "nobody@example.org", password: "x" })).rejects.toThrow();
    await tidy(fixture.deps);
    expect(await rows()).toEqual([2, 1, 2, 1]);
    await clock.advance(accountLimits.forgetAfterMs + 1);
    await tidy(fixture.deps);
    expect(await rows()).toEqual([0, 1, 2, 1]);
    await clock.advance(sessionLifetimeMs + keepEndedSessionsMs);
    await tidy(fixture.deps);
    expect(await rows()).toEqual([0, 0, 0, 0]);
  });

  it("works on a timer that it clears", async () => {
    const { clock } = fixture;
    const housekeeping = keeper();
    housekeeping.start();
    expect(clock.pendingTimers).toBe(1);
    await housekeeping.stop();
    expect(clock.pendingTimers).toBe(0);
  });
});
