import type { Migration } from "@charter/postgres";
import { sql } from "kysely";

/**
 * Redemptions and what each holds of which campaign. An item has a state of its own, because an expired reservation is
 * freed campaign by campaign, under that campaign's lock: `held` counts as reserved, `used` as committed, `free` not at all.
 */
export const redemptions: Migration = {
  async up(tx) {
    await sql`CREATE TABLE redemption (
      redemption_id text PRIMARY KEY,
      order_id uuid,
      customer_id uuid,
      state text NOT NULL CHECK (state IN ('reserved', 'committed', 'released', 'rolled_back')),
      expires_at timestamptz,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      CHECK (state = 'released' OR (order_id IS NOT NULL AND customer_id IS NOT NULL AND expires_at IS NOT NULL))
    )`.execute(tx);
    await sql`CREATE TABLE redemption_item (
      redemption_id text NOT NULL REFERENCES redemption,
      campaign_id uuid NOT NULL REFERENCES campaign,
      customer_id uuid NOT NULL,
      code text NOT NULL,
      currency text NOT NULL,
      amount_minor int8 NOT NULL CHECK (amount_minor > 0),
      state text NOT NULL CHECK (state IN ('held', 'used', 'free')),
      expires_at timestamptz NOT NULL,
      PRIMARY KEY (redemption_id, campaign_id)
    )`.execute(tx);
    await sql`CREATE INDEX redemption_item_by_expiry ON redemption_item (campaign_id, expires_at)
      WHERE state = 'held'`.execute(tx);
  },
};
