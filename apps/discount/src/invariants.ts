import type { Invariant } from "@charter/postgres";

/** What is held or used, counted from the redemptions themselves and not from the counters. */
const counted = `
  SELECT campaign_id, customer_id, state, amount_minor
  FROM redemption_item WHERE state IN ('held', 'used')`;

/** I3: redemptions and budget never above their limits, reservations counted, in total and per customer. */
export const invariants: readonly Invariant[] = [
  {
    id: "I3",
    title: "no campaign is reserved and redeemed more often than its total limit",
    sql: `SELECT campaign_id, total_limit, count(*) AS redemptions
      FROM (${counted}) AS item JOIN campaign USING (campaign_id)
      GROUP BY campaign_id, total_limit HAVING count(*) > total_limit`,
  },
  {
    id: "I3",
    title: "no customer has reserved and redeemed a campaign more often than one customer may",
    sql: `SELECT campaign_id, customer_id, customer_limit, count(*) AS redemptions
      FROM (${counted}) AS item JOIN campaign USING (campaign_id)
      GROUP BY campaign_id, customer_id, customer_limit HAVING count(*) > customer_limit`,
  },
  {
    id: "I3",
    title: "no campaign has reserved and spent more than its budget",
    sql: `SELECT campaign_id, budget_minor, sum(amount_minor) AS spent_minor
      FROM (${counted}) AS item JOIN campaign USING (campaign_id)
      GROUP BY campaign_id, budget_minor HAVING sum(amount_minor) > budget_minor`,
  },
  {
    id: "I3",
    title: "the counters of every campaign equal what its redemptions hold and use",
    sql: `SELECT campaign_id, reserved_count, committed_count, reserved_minor, committed_minor
      FROM campaign_usage LEFT JOIN (${counted}) AS item USING (campaign_id)
      GROUP BY campaign_id, reserved_count, committed_count, reserved_minor, committed_minor
      HAVING reserved_count <> count(*) FILTER (WHERE item.state = 'held')
        OR committed_count <> count(*) FILTER (WHERE item.state = 'used')
        OR reserved_minor <> coalesce(sum(amount_minor) FILTER (WHERE item.state = 'held'), 0)
        OR committed_minor <> coalesce(sum(amount_minor) FILTER (WHERE item.state = 'used'), 0)`,
  },
  {
    id: "I3",
    title: "the counters of every customer equal what their redemptions hold and use",
    sql: `SELECT campaign_id, customer_id, reserved_count, committed_count
      FROM customer_usage FULL JOIN (${counted}) AS item USING (campaign_id, customer_id)
      GROUP BY campaign_id, customer_id, reserved_count, committed_count
      HAVING coalesce(reserved_count, 0) <> count(*) FILTER (WHERE item.state = 'held')
        OR coalesce(committed_count, 0) <> count(*) FILTER (WHERE item.state = 'used')`,
  },
  {
    id: "I3",
    title: "what a redemption holds or uses agrees with its state",
    sql: `SELECT redemption_id, redemption.state, item.campaign_id, item.state AS item_state
      FROM redemption JOIN redemption_item AS item USING (redemption_id)
      WHERE NOT CASE redemption.state
        WHEN 'reserved' THEN item.state IN ('held', 'free')
        WHEN 'committed' THEN item.state = 'used'
        ELSE item.state = 'free' END`,
  },
];
