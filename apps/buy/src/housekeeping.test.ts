import { createLogger } from "@charter/telemetry";
import { ManualClock } from "@charter/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { createHousekeeping } from "./housekeeping.js";
import { openTestSchema, type TestSchema } from "./testing/test-schema.js";

/** What the contract promises of PlaceOrder. */
const retentionMs = 7 * 24 * 3_600_000;
const pauseMs = 600_000;

describe("housekeeping", () => {
  let schema: TestSchema;
  beforeAll(async () => {
    schema = await openTestSchema();
  });
  afterAll(() => schema.close());

  it("forgets an answer when the time that the contract promises is over, and not before", async () => {
    const { db } = schema;
    await sql`
      INSERT INTO charter_answer (scope, key, fingerprint, answer, created_at)
      VALUES ('s', 'old', '\\x00', '\\x00', ${new Date(0)}), ('s', 'young', '\\x00', '\\x00', ${new Date(1)})`.execute(
      db,
    );
    const clock = new ManualClock(retentionMs - pauseMs + 1);
    const log = createLogger({ service: "buy", level: "silent" });
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
