import type { Migration } from "@charter/postgres";
import { sql } from "kysely";

/** The products. SKUs compare by byte, so that lists, pages and locks have one order everywhere. */
export const catalogueMigration: Migration = {
  async up(db) {
    await sql`
      create table product (
        sku text collate "C" primary key,
        name text not null,
        description text not null,
        currency_code text not null check (currency_code ~ '^[A-Z]{3}$'),
        price_minor bigint not null check (price_minor >= 0),
        collections text[] not null,
        weight_grams integer not null check (weight_grams >= 0),
        tax_category text not null check (tax_category in ('STANDARD', 'REDUCED', 'ZERO')),
        state text not null check (state in ('ACTIVE', 'WITHDRAWN')),
        revision bigint not null default 1 check (revision > 0),
        observed_at timestamptz not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        words tsvector not null
      )`.execute(db);
    await sql`create index product_words on product using gin (words)`.execute(db);
    await sql`create index product_collections on product using gin (collections)`.execute(db);
  },
};
