import type { Migration } from "@charter/postgres";
import { sql } from "kysely";

/** Campaigns, their codes, and the counters that their limits are kept by. */
export const campaigns: Migration = {
  async up(tx) {
    await sql`CREATE TABLE campaign (
      campaign_id uuid PRIMARY KEY,
      version int8 NOT NULL CHECK (version > 0),
      state text NOT NULL CHECK (state IN ('active', 'paused', 'archived')),
      automatic boolean NOT NULL,
      advertised boolean NOT NULL,
      start_at timestamptz,
      end_at timestamptz CHECK (end_at > start_at),
      currency text,
      total_limit int8 CHECK (total_limit > 0),
      customer_limit int8 CHECK (customer_limit > 0),
      budget_minor int8 CHECK (budget_minor > 0),
      spec jsonb NOT NULL,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      CHECK (budget_minor IS NULL OR currency IS NOT NULL)
    )`.execute(tx);
    await sql`COMMENT ON COLUMN campaign.spec IS
      'shop.discount.v1.CampaignSpec in protobuf JSON; the columns beside it repeat what SQL asks for'`.execute(
      tx,
    );
    await sql`CREATE INDEX campaign_automatic ON campaign (campaign_id)
      WHERE automatic AND state <> 'archived'`.execute(tx);
    await sql`CREATE TABLE campaign_code (
      code text PRIMARY KEY,
      campaign_id uuid NOT NULL REFERENCES campaign
    )`.execute(tx);
    await sql`CREATE INDEX campaign_code_by_campaign ON campaign_code (campaign_id)`.execute(tx);
    await sql`CREATE TABLE campaign_usage (
      campaign_id uuid PRIMARY KEY REFERENCES campaign,
      reserved_count int8 NOT NULL DEFAULT 0 CHECK (reserved_count >= 0),
      committed_count int8 NOT NULL DEFAULT 0 CHECK (committed_count >= 0),
      reserved_minor int8 NOT NULL DEFAULT 0 CHECK (reserved_minor >= 0),
      committed_minor int8 NOT NULL DEFAULT 0 CHECK (committed_minor >= 0)
    )`.execute(tx);
    await sql`CREATE TABLE customer_usage (
      campaign_id uuid NOT NULL REFERENCES campaign,
      customer_id uuid NOT NULL,
      reserved_count int8 NOT NULL DEFAULT 0 CHECK (reserved_count >= 0),
      committed_count int8 NOT NULL DEFAULT 0 CHECK (committed_count >= 0),
      PRIMARY KEY (campaign_id, customer_id)
    )`.execute(tx);
  },
};
