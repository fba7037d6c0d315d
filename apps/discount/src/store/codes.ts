import { sql } from "kysely";
import type { Reader, Tx } from "./schema.js";

/** Stores normalized codes; the first that another campaign owns is answered instead, and then the transaction must not commit. */
export async function insertCodes(
  tx: Tx,
  campaignId: string,
  codes: readonly string[],
): Promise<string | undefined> {
  // Ascending, so that two campaigns that want the same codes wait for each other in one order.
  const ordered = [...codes].sort();
  const { rows } = await sql<{ code: string }>`INSERT INTO campaign_code (code, campaign_id)
    SELECT code, ${campaignId} FROM unnest(${ordered}::text[]) WITH ORDINALITY AS wanted (code, turn) ORDER BY turn
    ON CONFLICT DO NOTHING RETURNING code`.execute(tx);
  const stored = new Set(rows.map(({ code }) => code));
  return ordered.find((code) => !stored.has(code));
}

/** Normalized code -> id of the campaign that owns it; codes without an owner are left out. */
export async function ownersOf(db: Reader, codes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (codes.length === 0) return new Map();
  const rows = await db
    .selectFrom("campaign_code")
    .select(["code", "campaign_id"])
    .where(sql<boolean>`code = ANY(${codes}::text[])`)
    .execute();
  return new Map(rows.map((row) => [row.code, row.campaign_id]));
}
