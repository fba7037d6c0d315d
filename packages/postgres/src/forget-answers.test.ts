import { createTestDatabase, ManualClock, type TestDatabase } from "@charter/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { type Database, forgetAnswers, idempotencyMigration, migrate, openDatabase } from "./index.js";

const pauseMs = 600_000;

describe("forgetAnswers", () => {
  let server: TestDatabase;
  let db: Database<unknown>;
  beforeAll(async () => {
    server = await createTestDatabase();
    db = openDatabase({ url: server.url, applicationName: "forget" });
  });
  afterAll(async () => {
    await db.close();
    await server.drop();
  });

  it("tells of a round that fails, goes on, and forgets what is older than its retention", async () => {
    const clock = new ManualClock(0);
    const failures: unknown[] = [];
    const forgetting = forgetAnswers({ db, retentionMs: pauseMs, clock, onError: (it) => failures.push(it) });
    forgetting.start();
    await clock.advance(pauseMs);
    await clock.timersPending(1);
    expect(failures).toHaveLength(1);
    await migrate(db, { "0001": idempotencyMigration });
    await sql`INSERT INTO charter_answer (scope, key, fingerprint, answer, created_at)
      VALUES ('s', 'old', '\\x00', '\\x00', ${new Date(pauseMs - 1)}), ('s', 'young', '\\x00', '\\x00', ${new Date(pauseMs)})`.execute(
      db,
    );
    await clock.advance(pauseMs);
    await clock.timersPending(1);
    await forgetting.stop();
    const { rows } = await sql`SELECT key FROM charter_answer`.execute(db);
    expect([rows, failures.length, clock.pendingTimers]).toEqual([[{ key: "young" }], 1, 0]);
  });
});
