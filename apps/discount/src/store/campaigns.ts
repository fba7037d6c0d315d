import type { JsonValue } from "@bufbuild/protobuf";
import { sql } from "kysely";
import type { CampaignState } from "../domain/campaign.js";
import type { Reader, Tx } from "./schema.js";

/** A campaign as it is stored. */
export interface StoredCampaign {
  readonly campaignId: string;
  readonly version: bigint;
  readonly state: CampaignState;
  /** shop.discount.v1.CampaignSpec in protobuf JSON. */
  readonly spec: JsonValue;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a campaign is stored with beside its spec: the parts that SQL asks for. */
export interface NewCampaign extends StoredCampaign {
  readonly automatic: boolean;
  readonly advertised: boolean;
  readonly startMs: number | undefined;
  readonly endMs: number | undefined;
  readonly currency: string | undefined;
  readonly totalLimit: bigint | undefined;
  readonly customerLimit: bigint | undefined;
  readonly budgetMinor: bigint | undefined;
}

const columns = [
  "campaign_id as campaignId",
  "version",
  "state",
  "spec",
  "created_at as createdAt",
  "updated_at as updatedAt",
] as const;

/** Stores a campaign and its counters. */
export async function insertCampaign(tx: Tx, campaign: NewCampaign): Promise<void> {
  await tx
    .insertInto("campaign")
    .values({
      campaign_id: campaign.campaignId,
      version: campaign.version,
      state: campaign.state,
      automatic: campaign.automatic,
      advertised: campaign.advertised,
      start_at: dateOf(campaign.startMs),
      end_at: dateOf(campaign.endMs),
      currency: campaign.currency ?? null,
      total_limit: campaign.totalLimit ?? null,
      customer_limit: campaign.customerLimit ?? null,
      budget_minor: campaign.budgetMinor ?? null,
      spec: JSON.stringify(campaign.spec),
      created_at: campaign.createdAt,
      updated_at: campaign.updatedAt,
    })
    .execute();
  const unused = { reserved_count: 0n, committed_count: 0n, reserved_minor: 0n, committed_minor: 0n };
  await tx
    .insertInto("campaign_usage")
    .values({ campaign_id: campaign.campaignId, ...unused })
    .execute();
}

function dateOf(ms: number | undefined): Date | null {
  return ms === undefined ? null : new Date(ms);
}

export function findCampaign(db: Reader, campaignId: string): Promise<StoredCampaign | undefined> {
  return db.selectFrom("campaign").select(columns).where("campaign_id", "=", campaignId).executeTakeFirst();
}

/** As findCampaign, and nobody else changes it until the transaction ends. */
export function lockCampaign(tx: Tx, campaignId: string): Promise<StoredCampaign | undefined> {
  return tx
    .selectFrom("campaign")
    .select(columns)
    .where("campaign_id", "=", campaignId)
    .forUpdate()
    .executeTakeFirst();
}

/** Changes the state and counts the version up. The campaign exists and is locked. */
export function setCampaignState(
  tx: Tx,
  campaignId: string,
  state: CampaignState,
  now: Date,
): Promise<StoredCampaign> {
  return tx
    .updateTable("campaign")
    .set({ state, updated_at: now, version: sql<bigint>`version + 1` })
    .where("campaign_id", "=", campaignId)
    .returning(columns)
    .executeTakeFirstOrThrow();
}

export interface CampaignFilter {
  readonly state: CampaignState | undefined;
  readonly automatic: boolean | undefined;
  /** Only those that are active and within their window at this time. */
  readonly runningAt: Date | undefined;
  readonly advertisedOnly: boolean;
  /** Only those that sort after this one in the list; undefined: from the start. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** Descending by id. */
export function listCampaigns(db: Reader, filter: CampaignFilter): Promise<StoredCampaign[]> {
  let query = db.selectFrom("campaign").select(columns).orderBy("campaign_id", "desc").limit(filter.limit);
  if (filter.state) query = query.where("state", "=", filter.state);
  if (filter.automatic !== undefined) query = query.where("automatic", "=", filter.automatic);
  if (filter.advertisedOnly) query = query.where("advertised", "=", true);
  if (filter.after) query = query.where("campaign_id", "<", filter.after);
  if (filter.runningAt) query = query.where(running(filter.runningAt));
  return query.execute();
}

function running(at: Date) {
  return sql<boolean>`state = 'active' AND (start_at IS NULL OR start_at <= ${at}) AND (end_at IS NULL OR end_at > ${at})`;
}

/** The automatic campaigns that run at a time, and those with the given ids in any state. */
export function campaignsForEvaluation(
  db: Reader,
  at: Date,
  campaignIds: readonly string[],
): Promise<StoredCampaign[]> {
  return db
    .selectFrom("campaign")
    .select(columns)
    .where(sql<boolean>`(automatic AND ${running(at)}) OR campaign_id = ANY(${campaignIds}::uuid[])`)
    .execute();
}

/** Those of the ids that exist. */
export function findCampaigns(db: Reader, campaignIds: readonly string[]): Promise<StoredCampaign[]> {
  return db
    .selectFrom("campaign")
    .select(columns)
    .where(sql<boolean>`campaign_id = ANY(${campaignIds}::uuid[])`)
    .execute();
}

/**
 * Counts the automatic campaigns that are neither archived nor over, and lets nobody else count until the transaction ends, so that
 * two that are created at once see each other.
 */
export async function countAutomatic(tx: Tx, now: Date): Promise<number> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('shop.discount.automatic-campaigns', 0))`.execute(
    tx,
  );
  const { rows } = await sql<{ count: bigint }>`SELECT count(*) AS count FROM campaign
    WHERE automatic AND state <> 'archived' AND (end_at IS NULL OR end_at > ${now})`.execute(tx);
  return Number(rows[0]?.count ?? 0n);
}
