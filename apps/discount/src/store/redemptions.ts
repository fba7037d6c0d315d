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
  const row = await db
    .selectFrom("redemption")
    .select(["order_id as orderId", "customer_id as customerId", "state", "expires_at as expiresAt"])
    .select(["redemption_id as redemptionId", "created_at as createdAt", "updated_at as updatedAt"])
    .where("redemption_id", "=", redemptionId)
    .executeTakeFirst();
  return row && { ...row, items: await findItems(db, redemptionId) };
}

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
  await tx
    .insertInto("redemption")
    .values({
      redemption_id: redemptionId,
      order_id: orderId,
      customer_id: customerId,
      state: "reserved",
      expires_at: expiresAt,
      created_at: now,
      updated_at: now,
    })
    .execute();
  if (items.length === 0) return;
  await tx
    .insertInto("redemption_item")
    .values(
      items.map((item) => ({
        redemption_id: redemptionId,
        campaign_id: item.campaignId,
        customer_id: customerId,
        code: item.code,
        currency: item.currency,
        amount_minor: item.amountMinor,
        state: "held" as const,
        expires_at: expiresAt,
      })),
    )
    .execute();
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
  await tx
    .updateTable("redemption")
    .set({ state, updated_at: now })
    .where("redemption_id", "=", redemptionId)
    .execute();
  await tx
    .updateTable("redemption_item")
    .set({ state: items })
    .where("redemption_id", "=", redemptionId)
    .execute();
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
