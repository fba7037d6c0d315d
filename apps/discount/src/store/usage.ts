import { sql } from "kysely";
import type { Reader } from "./schema.js";

/** How far a campaign is used up at a moment; reservations whose time is over are not counted, swept or not. */
export interface LiveUsage {
  readonly campaignId: string;
  readonly reservedCount: bigint;
  readonly committedCount: bigint;
  readonly reservedMinor: bigint;
  readonly committedMinor: bigint;
  /** Reserved and committed by the customer; 0 where none was named. */
  readonly customerCount: bigint;
}

/** The usage of several campaigns, in one snapshot. `customerId` undefined: a guest. */
export async function usageOf(
  db: Reader,
  campaignIds: readonly string[],
  customerId: string | undefined,
  now: Date,
): Promise<ReadonlyMap<string, LiveUsage>> {
  if (campaignIds.length === 0) return new Map();
  const customer = customerId ?? null;
  const { rows } = await sql<LiveUsage>`
    SELECT total.campaign_id AS "campaignId",
           total.reserved_count - expired.count AS "reservedCount",
           total.committed_count AS "committedCount",
           total.reserved_minor - expired.minor AS "reservedMinor",
           total.committed_minor AS "committedMinor",
           coalesce(own.reserved_count + own.committed_count, 0) - expired.own_count AS "customerCount"
    FROM campaign_usage AS total
    CROSS JOIN LATERAL (
      SELECT count(*) AS count, coalesce(sum(amount_minor), 0)::int8 AS minor,
             count(*) FILTER (WHERE customer_id = ${customer}::uuid) AS own_count
      FROM redemption_item AS item
      WHERE item.campaign_id = total.campaign_id AND item.state = 'held' AND item.expires_at <= ${now}
    ) AS expired
    LEFT JOIN customer_usage AS own
      ON own.campaign_id = total.campaign_id AND own.customer_id = ${customer}::uuid
    WHERE total.campaign_id = ANY(${campaignIds}::uuid[])`.execute(db);
  return new Map(rows.map((row) => [row.campaignId, row]));
}
