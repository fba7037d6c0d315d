import { sql } from "kysely";
import type { RedemptionState } from "../domain/redemption-life.js";
import type { ItemState, Reader, Tx } from "./schema.js";

/** A redemption as it is stored, with what it holds. */
export interface StoredRedemption {
  readonly redemptionId: string;
  /** Null for a tombstone: a Release that came before its Reserve. */
  readonly orderId: string | null;
  readonly customerId: string | null;
  readonly state: RedemptionState;
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Ascending by campaign id. */
  readonly items: readonly StoredItem[];
}

export interface StoredItem {
  readonly campaignId: string;
  readonly customerId: string;
  readonly code: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly state: ItemState;
}

export interface NewRedemption {
  readonly redemptionId: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly expiresAt: Date;
  readonly items: readonly Omit<StoredItem, "customerId" | "state">[];
}

/** The redemption, known or not, is this transaction's alone until it ends. Taken before any counter is locked. */
export async function lockRedemption(tx: Tx, redemptionId: string): Promise<StoredRedemption | undefined> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`redemption:${redemptionId}`}, 0))`.execute(tx);
  return findRedemption(tx, redemptionId);
}

export async function findRedemption(
  db: Reader,
  redemptionId: string,
): Promise<StoredRedemption | undefined> {
  const { rows } = await sql<
    Omit<StoredRedemption, "items"> & { readonly items: readonly ItemJson[] | null }
  >`
    SELECT redemption_id AS "redemptionId", order_id AS "orderId", customer_id AS "customerId", state,
      expires_at AS "expiresAt", created_at AS "createdAt", updated_at AS "updatedAt",
      (SELECT json_agg(item ORDER BY "campaignId") FROM (
        SELECT campaign_id AS "campaignId", customer_id AS "customerId", code, currency, state,
          amount_minor::text AS "amountMinor"
        FROM redemption_item WHERE redemption_id = redemption.redemption_id) AS item) AS items
    FROM redemption WHERE redemption_id = ${redemptionId}`.execute(db);
  const row = rows[0];
  return row && { ...row, items: (row.items ?? []).map(itemOf) };
}

type ItemJson = Omit<StoredItem, "amountMinor"> & { readonly amountMinor: string };

const itemOf = (item: ItemJson): StoredItem => ({ ...item, amountMinor: BigInt(item.amountMinor) });

/** Ascending by campaign id. Their states hold still only while their campaigns' counters are locked. */
export function findItems(db: Reader, redemptionId: string): Promise<StoredItem[]> {
  return db
    .selectFrom("redemption_item")
    .select(["campaign_id as campaignId", "customer_id as customerId", "code", "currency", "state"])
    .select("amount_minor as amountMinor")
    .where("redemption_id", "=", redemptionId)
    .orderBy("campaign_id")
    .execute();
}

/** Stores a reservation whose items are held. */
export async function insertReservation(tx: Tx, redemption: NewRedemption, now: Date): Promise<void> {
  const { redemptionId, orderId, customerId, expiresAt, items } = redemption;
  const records = items.map(({ amountMinor, ...item }) => ({ ...item, amountMinor: String(amountMinor) }));
  await sql`
    WITH stored AS (
      INSERT INTO redemption (redemption_id, order_id, customer_id, state, expires_at, created_at, updated_at)
      VALUES (${redemptionId}, ${orderId}, ${customerId}, 'reserved', ${expiresAt}, ${now}, ${now})
    )
    INSERT INTO redemption_item
      (redemption_id, campaign_id, customer_id, code, currency, amount_minor, state, expires_at)
    SELECT ${redemptionId}, "campaignId", ${customerId}::uuid, code, currency, "amountMinor", 'held',
      ${expiresAt}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(records)}::jsonb) AS item ("campaignId" uuid, code text, currency text,
      "amountMinor" int8)`.execute(tx);
}

/** Remembers a redemption that is not known yet as released. */
export async function insertTombstone(tx: Tx, redemptionId: string, now: Date): Promise<void> {
  await tx
    .insertInto("redemption")
    .values({ redemption_id: redemptionId, state: "released", created_at: now, updated_at: now })
    .execute();
}

/** Sets the state of a redemption and of all its items. */
export async function setRedemptionState(
  tx: Tx,
  redemptionId: string,
  state: RedemptionState,
  items: ItemState,
  now: Date,
): Promise<void> {
  await sql`
    WITH whole AS (UPDATE redemption SET state = ${state}, updated_at = ${now} WHERE redemption_id = ${redemptionId})
    UPDATE redemption_item SET state = ${items} WHERE redemption_id = ${redemptionId}`.execute(tx);
}

/** Makes every item of a reservation held again, until a new end. */
export async function renewReservation(
  tx: Tx,
  redemptionId: string,
  expiresAt: Date,
  now: Date,
): Promise<void> {
  await tx
    .updateTable("redemption")
    .set({ expires_at: expiresAt, updated_at: now })
    .where("redemption_id", "=", redemptionId)
    .execute();
  await tx
    .updateTable("redemption_item")
    .set({ state: "held", expires_at: expiresAt })
    .where("redemption_id", "=", redemptionId)
    .execute();
}
