import type { Migration } from "@charter/postgres";
import { sql } from "kysely";

/** The keys that access tokens are signed with. Who can read this table can sign as the shop. */
export const signingKeysMigration: Migration = {
  async up(tx) {
    await sql`
      CREATE TABLE signing_keys (
        position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        kid text NOT NULL UNIQUE,
        private_jwk jsonb NOT NULL,
        public_jwk jsonb NOT NULL,
        created_at timestamptz NOT NULL
      )`.execute(tx);
  },
};
