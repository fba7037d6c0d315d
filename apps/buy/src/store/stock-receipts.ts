import { type Kysely, sql } from "kysely";
import { lockStockLevels } from "./stock-rows.js";

/** Units that came in, named so that they are counted once. */
export interface StockReceipt {
  readonly receiptKey: string;
  readonly sku: string;
  /** More than 0. */
  readonly quantity: bigint;
}

/** Those of these receipts that are booked already, by key. */
export async function readReceipts(
  tx: Kysely<unknown>,
  keys: readonly string[],
): Promise<Map<string, StockReceipt>> {
  const { rows } = await sql<StockReceipt>`
    select receipt_key as "receiptKey", sku, quantity from stock_receipt
    where receipt_key = any(${keys}::text[])`.execute(tx);
  return new Map(rows.map((row) => [row.receiptKey, row]));
}

/** Books receipts whose keys are new, each key once. The products must be in the catalogue and the catalogue locked. */
export async function bookReceipts(tx: Kysely<unknown>, receipts: readonly StockReceipt[]): Promise<void> {
  if (receipts.length === 0) return;
  const keys = receipts.map((receipt) => receipt.receiptKey);
  const skus = receipts.map((receipt) => receipt.sku);
  const quantities = receipts.map((receipt) => receipt.quantity);
  await lockStockLevels(tx, skus);
  await sql`
    with receipt as (
      insert into stock_receipt (receipt_key, sku, quantity)
      select * from unnest(${keys}::text[], ${skus}::text[], ${quantities}::bigint[])
      returning receipt_key, sku, quantity
    ),
    moved as (
      update stock_level set on_hand = on_hand + units.quantity
      from (select sku, sum(quantity)::bigint as quantity from receipt group by sku) as units
      where stock_level.sku = units.sku
    )
    insert into stock_entry (sku, kind, on_hand_delta, reserved_delta, reference)
    select sku, 'RECEIPT', quantity, 0, receipt_key from receipt`.execute(tx);
}
