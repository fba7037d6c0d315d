import type { Kysely } from "kysely";
import type { StockLevel } from "../domain/stock.js";
import { lockStockLevels, moveStock } from "./stock-rows.js";

export interface StockAdjustment {
  readonly sku: string;
  /** Units in (positive) or out; not 0. */
  readonly delta: bigint;
  /** Why: "RECEIPT" or another reason of the contract. */
  readonly reason: string;
  readonly note: string;
  /** The operator. */
  readonly actor: string;
  /** The idempotency key. */
  readonly reference: string;
}

/** What became of an adjustment. Nothing was booked unless it is `adjusted`. */
export type AdjustOutcome =
  | { readonly kind: "adjusted"; readonly level: StockLevel }
  | { readonly kind: "below_reserved"; readonly level: StockLevel }
  | { readonly kind: "unknown_product" };

/** Books units in or out of what is on hand. What is reserved for orders cannot be booked out. */
export async function adjustStock(tx: Kysely<unknown>, adjustment: StockAdjustment): Promise<AdjustOutcome> {
  const { sku, delta, reason, note, actor, reference } = adjustment;
  const [level] = await lockStockLevels(tx, [sku]);
  if (!level) return { kind: "unknown_product" };
  if (level.onHand + delta < level.reserved) return { kind: "below_reserved", level };
  await moveStock(tx, [{ sku, quantity: delta < 0n ? -delta : delta }], {
    kind: reason === "RECEIPT" ? "RECEIPT" : "ADJUSTMENT",
    onHand: delta < 0n ? -1 : 1,
    reserved: 0,
    reference,
    note: note === "" ? reason : `${reason}: ${note}`,
    actor,
  });
  return { kind: "adjusted", level: { ...level, onHand: level.onHand + delta } };
}
