import type { Migration } from "@charter/postgres";
import { type Kysely, sql } from "kysely";

/** The stock: guarded counters per product, and the ledger that says how they came about. */
export const stockMigration: Migration = {
  async up(db) {
    await sql`
      create table stock_level (
        sku text collate "C" primary key references product,
        on_hand bigint not null default 0,
        reserved bigint not null default 0,
        check (0 <= reserved and reserved <= on_hand)
      )`.execute(db);
    await sql`
      create table stock_receipt (
        receipt_key text primary key,
        sku text collate "C" not null references product,
        quantity bigint not null check (quantity > 0)
      )`.execute(db);
    await createReservations(db);
    await createLedger(db);
  },
};

// A reservation that was released before it came is a row without lines: the tombstone that refuses the late comer.
async function createReservations(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table stock_reservation (
      id text primary key,
      state text not null check (state in ('RESERVED', 'COMMITTED', 'RELEASED', 'RESTOCKED')),
      expires_at timestamptz,
      created_at timestamptz not null default now(),
      ended_at timestamptz,
      check (state <> 'RESERVED' or expires_at is not null)
    )`.execute(db);
  await sql`
    create index stock_reservation_due on stock_reservation (expires_at) where state = 'RESERVED'`.execute(
    db,
  );
  await sql`
    create table stock_reservation_line (
      reservation_id text references stock_reservation,
      sku text collate "C" references product,
      quantity bigint not null check (quantity > 0),
      primary key (reservation_id, sku)
    )`.execute(db);
}

async function createLedger(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table stock_entry (
      id bigint generated always as identity primary key,
      sku text collate "C" not null references product,
      kind text not null check (kind in ('RECEIPT', 'ADJUSTMENT', 'RESERVE', 'COMMIT', 'RELEASE', 'RESTOCK')),
      on_hand_delta bigint not null,
      reserved_delta bigint not null,
      reference text not null,
      note text not null default '',
      actor text not null default '',
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index stock_entry_sku on stock_entry (sku, id)`.execute(db);
  await sql`
    create function stock_entry_stays() returns trigger language plpgsql as $$
    begin
      raise exception 'entries of the stock ledger are never changed';
    end $$`.execute(db);
  await sql`
    create trigger stock_entry_stays before update or delete on stock_entry
    for each statement execute function stock_entry_stays()`.execute(db);
}
