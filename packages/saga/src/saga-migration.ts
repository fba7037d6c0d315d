import type { Migration } from "@charter/postgres";
import { sql } from "kysely";

/** The table of sagas. `due_at` is when a worker may claim one: while one holds it, the end of its lease. */
export const sagaMigration: Migration = {
  async up(tx) {
    await sql`CREATE TABLE charter_saga (
      id text PRIMARY KEY,
      name text NOT NULL,
      state jsonb NOT NULL,
      direction text NOT NULL DEFAULT 'forward' CHECK (direction IN ('forward', 'backward')),
      step text NOT NULL,
      attempt int4 NOT NULL DEFAULT 0,
      pivoted bool NOT NULL DEFAULT false,
      stuck bool NOT NULL DEFAULT false,
      outcome text CHECK (outcome IN ('completed', 'compensated')),
      fence int8 NOT NULL DEFAULT 0,
      owner text,
      due_at timestamptz NOT NULL,
      last_error text,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL
    )`.execute(tx);
    await sql`CREATE INDEX charter_saga_due ON charter_saga (due_at) WHERE outcome IS NULL`.execute(tx);
    await sql`CREATE INDEX charter_saga_stuck ON charter_saga (created_at) WHERE stuck`.execute(tx);
    await sql`CREATE INDEX charter_saga_ended ON charter_saga (updated_at) WHERE outcome IS NOT NULL`.execute(
      tx,
    );
  },
};

/** Comes after `sagaMigration`: what of the call that began a saga goes with its steps. */
export const sagaTraceMigration: Migration = {
  async up(tx) {
    await sql`ALTER TABLE charter_saga ADD COLUMN trace text`.execute(tx);
  },
};
