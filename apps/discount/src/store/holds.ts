import { sql } from "kysely";
import type { Reader, Tx } from "./schema.js";

/** One redemption of one campaign by one customer, and the money it takes. */
export interface Hold {
  readonly campaignId: string;
  readonly customerId: string;
  readonly amountMinor: bigint;
}

/** The limit that has no room for a hold. */
export type FullLimit = "total" | "customer" | "budget";

/**
 * Locks the counters of campaigns until the transaction ends. Every transaction that changes counters or items calls this once,
 * first, with all its campaigns: ascending ids make deadlocks impossible, and items change only under their campaign's lock.
 */
export async function lockCounters(tx: Tx, campaignIds: readonly string[]): Promise<void> {
  await sql`SELECT campaign_id FROM campaign_usage WHERE campaign_id = ANY(${campaignIds}::uuid[])
    ORDER BY campaign_id FOR UPDATE`.execute(tx);
}

/**
 * Counts one more reservation where every limit has room for it; otherwise counts nothing and answers the limit that is full.
 * Reservations whose time is over are swept only when they are in the way.
 */
export async function takeHold(tx: Tx, hold: Hold, now: Date): Promise<FullLimit | undefined> {
  const full = await tryHold(tx, hold);
  if (full === undefined) return undefined;
  const swept = await sweepCampaign(tx, hold.campaignId, now);
  return swept === 0n ? full : tryHold(tx, hold);
}

async function tryHold(tx: Tx, hold: Hold): Promise<FullLimit | undefined> {
  if (!(await countTotal(tx, hold))) return fullLimit(tx, hold);
  if (await countCustomer(tx, hold)) return undefined;
  await uncountTotal(tx, hold);
  return "customer";
}

/** The guard: no row is updated where the total or the budget has no room. */
async function countTotal(tx: Tx, { campaignId, amountMinor }: Hold): Promise<boolean> {
  const result = await sql`UPDATE campaign_usage AS used
    SET reserved_count = reserved_count + 1, reserved_minor = reserved_minor + ${amountMinor}
    FROM campaign
    WHERE used.campaign_id = ${campaignId} AND campaign.campaign_id = used.campaign_id
      AND (total_limit IS NULL OR reserved_count + committed_count < total_limit)
      AND (budget_minor IS NULL OR reserved_minor + committed_minor + ${amountMinor} <= budget_minor)`.execute(
    tx,
  );
  return result.numAffectedRows === 1n;
}

async function uncountTotal(tx: Tx, { campaignId, amountMinor }: Hold): Promise<void> {
  await sql`UPDATE campaign_usage
    SET reserved_count = reserved_count - 1, reserved_minor = reserved_minor - ${amountMinor}
    WHERE campaign_id = ${campaignId}`.execute(tx);
}

async function countCustomer(tx: Tx, { campaignId, customerId }: Hold): Promise<boolean> {
  const result = await sql`INSERT INTO customer_usage AS used (campaign_id, customer_id, reserved_count)
    VALUES (${campaignId}, ${customerId}, 1)
    ON CONFLICT (campaign_id, customer_id) DO UPDATE SET reserved_count = used.reserved_count + 1
    WHERE used.reserved_count + used.committed_count
      < coalesce((SELECT customer_limit FROM campaign WHERE campaign_id = ${campaignId}), 9223372036854775807)`.execute(
    tx,
  );
  return result.numAffectedRows === 1n;
}

async function fullLimit(tx: Tx, { campaignId }: Hold): Promise<FullLimit> {
  const { rows } = await sql<{ full: boolean }>`
    SELECT coalesce(reserved_count + committed_count >= total_limit, false) AS full
    FROM campaign_usage JOIN campaign USING (campaign_id) WHERE campaign_id = ${campaignId}`.execute(tx);
  return rows[0]?.full ? "total" : "budget";
}

/** Frees every reservation of the campaign whose time is over; returns how many. Its counters are locked. */
export async function sweepCampaign(tx: Tx, campaignId: string, now: Date): Promise<bigint> {
  const { rows } = await sql<{ count: bigint }>`
    WITH gone AS (
      UPDATE redemption_item SET state = 'free'
      WHERE campaign_id = ${campaignId} AND state = 'held' AND expires_at <= ${now}
      RETURNING customer_id, amount_minor
    ), by_customer AS (
      SELECT customer_id, count(*) AS count FROM gone GROUP BY customer_id
    ), customers AS (
      UPDATE customer_usage AS used SET reserved_count = reserved_count - by_customer.count
      FROM by_customer WHERE used.campaign_id = ${campaignId} AND used.customer_id = by_customer.customer_id
    ), total AS (
      SELECT count(*) AS count, coalesce(sum(amount_minor), 0)::int8 AS minor FROM gone
    ), counted AS (
      UPDATE campaign_usage SET reserved_count = reserved_count - total.count, reserved_minor = reserved_minor - total.minor
      FROM total WHERE campaign_id = ${campaignId} AND total.count > 0
    )
    SELECT count FROM total`.execute(tx);
  return rows[0]?.count ?? 0n;
}

/** Ids of campaigns, at most `limit`, that have reservations whose time is over. */
export async function campaignsToSweep(db: Reader, now: Date, limit: number): Promise<readonly string[]> {
  const { rows } = await sql<{ campaign_id: string }>`SELECT DISTINCT campaign_id FROM redemption_item
    WHERE state = 'held' AND expires_at <= ${now} ORDER BY campaign_id LIMIT ${limit}`.execute(db);
  return rows.map((row) => row.campaign_id);
}

/** How a hold may be counted anew: what is added to the reserved and to the committed counters. */
const moves = {
  /** A reservation becomes a redemption. */
  commit: { reserved: -1n, committed: 1n },
  /** A reservation is given up. */
  release: { reserved: -1n, committed: 0n },
  /** A redemption is given back. */
  rollback: { reserved: 0n, committed: -1n },
} as const;

/** Counts a hold anew. Never needs room in a limit. Its counters are locked. */
export async function moveHold(tx: Tx, hold: Hold, move: keyof typeof moves): Promise<void> {
  const { campaignId, customerId, amountMinor } = hold;
  const { reserved, committed } = moves[move];
  await sql`
    WITH total AS (UPDATE campaign_usage SET
      reserved_count = reserved_count + ${reserved}, reserved_minor = reserved_minor + ${reserved * amountMinor},
      committed_count = committed_count + ${committed}, committed_minor = committed_minor + ${committed * amountMinor}
      WHERE campaign_id = ${campaignId})
    UPDATE customer_usage SET
      reserved_count = reserved_count + ${reserved}, committed_count = committed_count + ${committed}
    WHERE campaign_id = ${campaignId} AND customer_id = ${customerId}`.execute(tx);
}
