import type { Migration } from "@charter/postgres";
import { type Kysely, sql } from "kysely";

/** The books of the embedded payment provider, in a schema of its own, as if they were remote. */
export const paymentProviderMigration: Migration = {
  async up(db) {
    await sql`create schema provider`.execute(db);
    await sql`
      create table provider.authorizations (
        key text primary key,
        currency_code text not null,
        method_token text not null,
        reference text not null,
        created_at timestamptz not null default now()
      )`.execute(db);
    await sql`
      create table provider.operations (
        key text primary key,
        kind text not null check (kind in ('authorize', 'capture', 'void', 'refund')),
        authorization_key text not null,
        fingerprint text not null,
        declined_reason text,
        created_at timestamptz not null default now()
      )`.execute(db);
    await sql`
      create table provider.entries (
        id bigint generated always as identity primary key,
        operation_key text not null references provider.operations deferrable initially deferred,
        authorization_key text not null references provider.authorizations,
        account text not null check (account in ('shopper', 'held', 'merchant')),
        amount_minor bigint not null
      )`.execute(db);
    await sql`create index entries_authorization on provider.entries (authorization_key)`.execute(db);
    await sql`create index entries_operation on provider.entries (operation_key)`.execute(db);
    await sql`
      create table provider.attempts (key text primary key, count integer not null)`.execute(db);
    await balancedEntries(db);
  },
};

// Double entry is a rule of the database: no transaction that leaves an operation unbalanced commits.
async function balancedEntries(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function provider.entries_balance() returns trigger language plpgsql as $$
    begin
      if (select sum(amount_minor) from provider.entries where operation_key = new.operation_key) <> 0 then
        raise exception 'operation % does not balance', new.operation_key;
      end if;
      return null;
    end $$`.execute(db);
  await sql`
    create constraint trigger entries_balance after insert or update on provider.entries
    deferrable initially deferred for each row execute function provider.entries_balance()`.execute(db);
}
