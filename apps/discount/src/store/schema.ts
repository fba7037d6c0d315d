import type { JsonValue } from "@bufbuild/protobuf";
import type { Database, Executor } from "@charter/postgres";
import type { ColumnType, Kysely, Transaction } from "kysely";
import type { CampaignState } from "../domain/campaign.js";
import type { RedemptionState } from "../domain/redemption-life.js";

export interface CampaignTable {
  campaign_id: string;
  version: bigint;
  state: CampaignState;
  automatic: boolean;
  advertised: boolean;
  start_at: Date | null;
  end_at: Date | null;
  currency: string | null;
  total_limit: bigint | null;
  customer_limit: bigint | null;
  budget_minor: bigint | null;
  /** shop.discount.v1.CampaignSpec in protobuf JSON; written as text. */
  spec: ColumnType<JsonValue, string, string>;
  created_at: Date;
  updated_at: Date;
}

export interface CampaignCodeTable {
  code: string;
  campaign_id: string;
}

export interface CampaignUsageTable {
  campaign_id: string;
  reserved_count: bigint;
  committed_count: bigint;
  reserved_minor: bigint;
  committed_minor: bigint;
}

export interface CustomerUsageTable {
  campaign_id: string;
  customer_id: string;
  reserved_count: bigint;
  committed_count: bigint;
}

export interface RedemptionTable {
  redemption_id: string;
  order_id: Absent<string>;
  customer_id: Absent<string>;
  state: RedemptionState;
  expires_at: Absent<Date>;
  created_at: Date;
  updated_at: Date;
}

/** Null where a Release came before its Reserve. */
type Absent<T> = ColumnType<T | null, T | undefined, T>;

/** `held` counts as reserved, `used` as committed, `free` not at all. */
export type ItemState = "held" | "used" | "free";

export interface RedemptionItemTable {
  redemption_id: string;
  campaign_id: string;
  customer_id: string;
  code: string;
  currency: string;
  amount_minor: bigint;
  state: ItemState;
  expires_at: Date;
}

export interface Schema {
  campaign: CampaignTable;
  campaign_code: CampaignCodeTable;
  campaign_usage: CampaignUsageTable;
  customer_usage: CustomerUsageTable;
  redemption: RedemptionTable;
  redemption_item: RedemptionItemTable;
}

export type DiscountDatabase = Database<Schema>;
export type Tx = Transaction<Schema>;
/** What reads: a pool or a transaction. */
export type Reader = Kysely<Schema> & Executor;
