import type { Migration } from "@charter/postgres";
import { sql } from "kysely";

/** One cart per user, with the version that guards it. */
export const cartMigration: Migration = {
  async up(db) {
    await sql`
      create table cart (
        user_id uuid primary key,
        version bigint not null check (version >= 0),
        updated_at timestamptz not null
      )`.execute(db);
    await sql`
      create table cart_line (
        user_id uuid references cart,
        sku text collate "C" references product,
        quantity integer not null check (quantity > 0),
        primary key (user_id, sku)
      )`.execute(db);
  },
};
