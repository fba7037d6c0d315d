import type { Migration } from "@charter/postgres";
import { sql } from "kysely";

const statuses = sql.raw(
  "'CREATED', 'LABELLED', 'HANDED_OVER', 'IN_TRANSIT', 'OUT_FOR_DELIVERY', 'FAILED_ATTEMPT', 'DELIVERED', 'RETURNED', 'LOST', 'CANCELLED'",
);

/** Shipments and everything that was reported of them; a report is one revision of its shipment and never changes. */
export const shipments: Migration = {
  async up(tx) {
    await sql`CREATE TABLE shipment (
      shipment_id uuid PRIMARY KEY,
      caller text NOT NULL,
      idempotency_key text NOT NULL,
      order_id uuid NOT NULL,
      customer_id uuid,
      tracking_number text NOT NULL UNIQUE,
      status text NOT NULL CHECK (status IN (${statuses})),
      service_level text NOT NULL CHECK (service_level IN ('STANDARD', 'EXPRESS', 'SLOT')),
      promise_starts_at timestamptz NOT NULL,
      promise_ends_at timestamptz NOT NULL,
      slot_id text REFERENCES slot,
      address jsonb NOT NULL,
      items jsonb NOT NULL,
      carrier text NOT NULL,
      revision int NOT NULL,
      created_at timestamptz NOT NULL,
      UNIQUE (caller, idempotency_key),
      CHECK ((service_level = 'SLOT') = (slot_id IS NOT NULL))
    )`.execute(tx);
    await sql`CREATE INDEX shipment_by_order ON shipment (order_id)`.execute(tx);
    await sql`CREATE TABLE shipment_report (
      shipment_id uuid NOT NULL REFERENCES shipment,
      revision int NOT NULL,
      -- Absent where the service itself reports.
      carrier text,
      report_id text NOT NULL,
      status text NOT NULL CHECK (status IN (${statuses})),
      occurred_at timestamptz NOT NULL,
      location text NOT NULL,
      recorded_at timestamptz NOT NULL,
      -- Where the event log tells it. Set before the transaction that stores the report ends.
      position int8 UNIQUE,
      PRIMARY KEY (shipment_id, revision),
      UNIQUE (shipment_id, report_id),
      UNIQUE (carrier, report_id)
    )`.execute(tx);
    await sql`ALTER TABLE slot_reservation ADD FOREIGN KEY (shipment_id) REFERENCES shipment`.execute(tx);
  },
};
