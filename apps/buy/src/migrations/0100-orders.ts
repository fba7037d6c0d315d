import type { Migration } from "@charter/postgres";
import { type Kysely, sql } from "kysely";

/** Orders with their frozen money, what was paid, their parcels, and a history that only grows. */
export const ordersMigration: Migration = {
  async up(db) {
    await createOrders(db);
    await createLines(db);
    await createHistory(db);
    await createPayments(db);
    await createShipments(db);
  },
};

async function createOrders(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table orders (
      id uuid primary key,
      user_id uuid,
      external_ref text unique,
      customer_external_ref text not null default '',
      content_hash bytea,
      state text not null,
      history_length integer not null default 0,
      line_count integer not null,
      country_code text not null,
      currency_code text not null,
      items_minor bigint not null check (items_minor >= 0),
      discount_minor bigint not null check (discount_minor >= 0),
      shipping_minor bigint not null check (shipping_minor >= 0),
      shipping_discount_minor bigint not null check (shipping_discount_minor between 0 and shipping_minor),
      shipping_tax_minor bigint not null check (shipping_tax_minor >= 0),
      shipping_tax_basis_points integer not null,
      tax_minor bigint not null check (tax_minor >= 0),
      total_minor bigint not null check (total_minor = items_minor - discount_minor + shipping_minor + tax_minor),
      adjustments jsonb not null,
      ship_to jsonb,
      delivery jsonb,
      payment_method text not null default '',
      idempotency_key text,
      cart jsonb,
      failure_reason text,
      failure_explanation text,
      cancel_request jsonb,
      refusal jsonb,
      placed_at timestamptz not null,
      updated_at timestamptz not null,
      check ((failure_reason is not null) = (state = 'FAILED'))
    )`.execute(db);
  await sql`create index orders_by_user on orders (user_id, placed_at desc, id desc)`.execute(db);
  await sql`create index orders_by_time on orders (placed_at desc, id desc)`.execute(db);
}

async function createLines(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table order_lines (
      order_id uuid not null references orders,
      line_number integer not null,
      sku text not null,
      name text not null,
      quantity integer not null check (quantity > 0),
      unit_price_minor bigint not null check (unit_price_minor >= 0),
      discount_minor bigint not null check (discount_minor between 0 and quantity * unit_price_minor),
      tax_category text not null,
      tax_basis_points integer not null,
      tax_minor bigint not null check (tax_minor >= 0),
      primary key (order_id, line_number)
    )`.execute(db);
}

async function createHistory(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table order_history (
      order_id uuid not null references orders,
      sequence integer not null,
      event text not null,
      state text not null,
      occurred_at timestamptz not null,
      actor_kind text not null,
      actor_user_id uuid,
      note text not null,
      primary key (order_id, sequence)
    )`.execute(db);
  await sql`
    create function order_history_is_append_only() returns trigger language plpgsql as $$
    begin
      raise exception 'the history of an order only grows';
    end $$`.execute(db);
  await sql`
    create trigger order_history_is_append_only before update or delete on order_history
    for each row execute function order_history_is_append_only()`.execute(db);
}

async function createPayments(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table order_payments (
      order_id uuid primary key references orders,
      state text not null,
      authorization_key text not null unique,
      authorized_minor bigint not null default 0,
      captured_minor bigint not null default 0,
      refunded_minor bigint not null default 0,
      declined_reason text,
      check (0 <= refunded_minor and refunded_minor <= captured_minor and captured_minor <= authorized_minor)
    )`.execute(db);
}

async function createShipments(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table order_shipments (
      shipment_id uuid primary key,
      order_id uuid not null references orders,
      tracking_number text not null,
      stage text not null,
      revision integer not null,
      lines jsonb not null,
      created_at timestamptz not null,
      updated_at timestamptz not null
    )`.execute(db);
  await sql`create index order_shipments_by_order on order_shipments (order_id, created_at)`.execute(db);
}
