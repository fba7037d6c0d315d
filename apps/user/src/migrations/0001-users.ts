import type { Migration } from "@charter/postgres";
import { sql } from "kysely";

/** Accounts. What identifies a person stands in columns that an erasure can empty. */
export const usersMigration: Migration = {
  async up(tx) {
    await sql`
      CREATE TABLE users (
        user_id uuid PRIMARY KEY,
        email text,
        email_normal text CONSTRAINT users_email_key UNIQUE,
        email_verified_at timestamptz,
        password_hash text,
        display_name text NOT NULL,
        country_code text NOT NULL,
        status text NOT NULL CHECK (status IN ('active', 'locked', 'erased')),
        status_note text NOT NULL DEFAULT '',
        roles text[] NOT NULL DEFAULT '{}',
        external_ref text CONSTRAINT users_external_ref_key UNIQUE,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CHECK ((email IS NULL) = (email_normal IS NULL)),
        CHECK (password_hash IS NULL OR email IS NOT NULL)
      )`.execute(tx);
  },
};
