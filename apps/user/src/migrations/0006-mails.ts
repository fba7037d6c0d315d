import type { Migration } from "@charter/postgres";
import { sql } from "kysely";

/** Mails to be sent, written with the change that they tell of. */
export const mailsMigration: Migration = {
  async up(tx) {
    await sql`
      CREATE TABLE mails (
        mail_id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users,
        template text NOT NULL,
        recipient text NOT NULL,
        subject text NOT NULL,
        body text NOT NULL,
        created_at timestamptz NOT NULL
      )`.execute(tx);
    await sql`CREATE INDEX mails_by_user ON mails (user_id, template, created_at)`.execute(tx);
    await sql`CREATE INDEX mails_by_age ON mails (created_at)`.execute(tx);
  },
};
