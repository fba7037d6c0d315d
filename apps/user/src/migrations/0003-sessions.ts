import type { Migration } from "@charter/postgres";
import { sql } from "kysely";

/**
 * Sessions and the refresh tokens they ever had, as SHA-256. `sealed_successor` is the newest token, encrypted
 * under the one before it: only who holds that one can read it.
 */
export const sessionsMigration: Migration = {
  async up(tx) {
    await sql`
      CREATE TABLE sessions (
        session_id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users,
        client_label text NOT NULL,
        generation integer NOT NULL CHECK (generation >= 1),
        sealed_successor bytea,
        created_at timestamptz NOT NULL,
        rotated_at timestamptz,
        last_used_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        ended_at timestamptz,
        end_reason text,
        CHECK ((ended_at IS NULL) = (end_reason IS NULL))
      )`.execute(tx);
    await sql`CREATE INDEX sessions_by_user ON sessions (user_id, last_used_at)`.execute(tx);
    await sql`CREATE INDEX sessions_by_expiry ON sessions (expires_at)`.execute(tx);
    await sql`
      CREATE TABLE refresh_tokens (
        token_hash bytea PRIMARY KEY,
        session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
        generation integer NOT NULL,
        created_at timestamptz NOT NULL,
        UNIQUE (session_id, generation)
      )`.execute(tx);
  },
};
