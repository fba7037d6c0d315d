import type { Migration } from "@charter/postgres";
import { sql } from "kysely";

/**
 * A slot's row appears with its first reservation. `taken` counts the reservations that are held or confirmed; that it stays
 * within the capacity is the server's own check, whatever the code above it does.
 */
export const slots: Migration = {
  async up(tx) {
    await sql`CREATE TABLE slot (
      slot_id text PRIMARY KEY,
      area text NOT NULL,
      starts_at timestamptz NOT NULL,
      ends_at timestamptz NOT NULL,
      capacity int NOT NULL CHECK (capacity > 0),
      taken int NOT NULL DEFAULT 0,
      CHECK (taken BETWEEN 0 AND capacity),
      CHECK (starts_at < ends_at)
    )`.execute(tx);
    await sql`CREATE TABLE slot_reservation (
      caller text NOT NULL,
      reservation_key text NOT NULL,
      slot_id text REFERENCES slot,
      state text NOT NULL CHECK (state IN ('held', 'expired', 'released', 'confirmed')),
      expires_at timestamptz,
      shipment_id uuid,
      PRIMARY KEY (caller, reservation_key),
      -- Only a release that overtook its reserve knows no slot.
      CHECK (slot_id IS NOT NULL OR state = 'released'),
      CHECK ((state = 'held') <= (expires_at IS NOT NULL)),
      CHECK ((state = 'confirmed') <= (shipment_id IS NOT NULL))
    )`.execute(tx);
    await sql`CREATE INDEX slot_reservation_by_slot ON slot_reservation (slot_id) WHERE state IN ('held', 'confirmed')`.execute(
      tx,
    );
    await sql`CREATE UNIQUE INDEX slot_reservation_by_shipment ON slot_reservation (shipment_id)`.execute(tx);
  },
};
