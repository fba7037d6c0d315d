import type { Migration } from "@charter/postgres";
import { sql } from "kysely";

/** Address books. The database itself keeps a book from having two defaults. */
export const addressesMigration: Migration = {
  async up(tx) {
    await sql`
      CREATE TABLE addresses (
        address_id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users,
        label text NOT NULL,
        recipient text NOT NULL,
        lines text[] NOT NULL,
        city text NOT NULL,
        region text NOT NULL,
        postal_code text NOT NULL,
        country_code text NOT NULL,
        is_default boolean NOT NULL,
        revision bigint NOT NULL CHECK (revision >= 1),
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
      )`.execute(tx);
    await sql`CREATE INDEX addresses_by_user ON addresses (user_id, created_at, address_id)`.execute(tx);
    await sql`CREATE UNIQUE INDEX addresses_one_default ON addresses (user_id) WHERE is_default`.execute(tx);
  },
};
