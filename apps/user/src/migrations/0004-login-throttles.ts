import type { Migration } from "@charter/postgres";
import { sql } from "kysely";

/** Failed logins by the SHA-256 of an e-mail address or a network address; known and unknown accounts alike. */
export const loginThrottlesMigration: Migration = {
  async up(tx) {
    await sql`
      CREATE TABLE login_throttles (
        key text PRIMARY KEY,
        failures integer NOT NULL,
        last_failure_at timestamptz NOT NULL,
        blocked_until timestamptz NOT NULL
      )`.execute(tx);
    await sql`CREATE INDEX login_throttles_by_age ON login_throttles (last_failure_at)`.execute(tx);
  },
};
