import { createLogger } from "@charter/telemetry";
import { ManualClock } from "@charter/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { ANSWER_RETENTION_MS, Housekeeping } from "./housekeeping.js";
import { openTestSchema, type TestSchema } from "./testing/test-schema.js";

const log = createLogger({ service: "buy", level: "silent" });

describe("housekeeping", () => {
  let schema: TestSchema;
  beforeAll(async () => {
    schema = await openTestSchema();
  });
  afterAll(() => schema.close());

  it("forgets an answer when its time is over, and not before", async () => {
    await sql`
      insert into charter_answer (scope, key, fingerprint, answer, created_at)
      values ('s', 'k', '\\x00', '\\x00', ${new Date(0)})`.execute(schema.db);
    const clock = new ManualClock(ANSWER_RETENTION_MS);
    const housekeeping = new Housekeeping({ db: schema.db, clock, log });
    expect(await housekeeping.tidy()).toBe(0);
    await clock.advance(1);
    expect(await housekeeping.tidy()).toBe(1);
  });

  it("works on a timer that it clears", async () => {
    const clock = new ManualClock();
    const housekeeping = new Housekeeping({ db: schema.db, clock, log });
    housekeeping.start();
    expect(clock.pendingTimers).toBe(1);
    await housekeeping.stop();
    expect(clock.pendingTimers).toBe(0);
  });
});
