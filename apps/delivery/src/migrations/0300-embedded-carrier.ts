import type { Migration } from "@charter/postgres";
import { sql } from "kysely";

/** What the embedded carrier has under way. A row goes when its journey ends. */
export const embeddedCarrier: Migration = {
  async up(tx) {
    await sql`CREATE TABLE carrier_parcel (
      shipment_id uuid PRIMARY KEY REFERENCES shipment,
      tracking_number text NOT NULL,
      journey jsonb NOT NULL,
      next_step int NOT NULL,
      due_at timestamptz NOT NULL
    )`.execute(tx);
    await sql`CREATE INDEX carrier_parcel_by_due ON carrier_parcel (due_at)`.execute(tx);
  },
};
