import { createLogger } from "@charter/telemetry";
import { ManualClock } from "@charter/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { createHousekeeping } from "./housekeeping.js";
import { createFixture, type Fixture } from "./testing/fixture.js";

/** What the contract promises of CreateShipment. */
const retentionMs = 30 * 24 * 3_600_000;
const pauseMs = 600_000;

describe("housekeeping", () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await createFixture();
  });
  afterAll(() => fixture.close());

  it("forgets an answer when the time that the contract promises is over, and not before", async () => {
    const { db } = fixture;
    await sql`
      INSERT INTO charter_answer (scope, key, fingerprint, answer, created_at)
      VALUES ('s', 'old', '\\x00', '\\x00', ${new Date(0)}), ('s', 'young', '\\x00', '\\x00', ${new Date(1)})`.execute(
      db,
    );
    const clock = new ManualClock(retentionMs - pauseMs + 1);
    const log = createLogger({ service: "delivery", level: "silent" });
    const housekeeping = createHousekeeping({ db, clock, log });
    housekeeping.start();
    await clock.advance(pauseMs);
    await clock.timersPending(1);
    await housekeeping.stop();
    const { rows } = await sql`SELECT key FROM charter_answer`.execute(db);
    expect(rows).toEqual([{ key: "young" }]);
    expect(clock.pendingTimers).toBe(0);
  });
});
