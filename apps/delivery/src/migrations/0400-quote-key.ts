import type { Migration } from "@charter/postgres";
import { sql } from "kysely";

/** The one key under which quotes are sealed, shared by every process of the service. */
export const quoteKey: Migration = {
  async up(tx) {
    await sql`CREATE TABLE quote_key (
      id int PRIMARY KEY DEFAULT 1 CHECK (id = 1),
      secret bytea NOT NULL CHECK (length(secret) = 32),
      created_at timestamptz NOT NULL DEFAULT now()
    )`.execute(tx);
  },
};
