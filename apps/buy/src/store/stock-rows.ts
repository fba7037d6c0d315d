import { type Kysely, sql } from "kysely";
import type { StockLevel, StockLine } from "../domain/stock.js";

/** What an entry of the ledger records. */
export type StockEntryKind = "RECEIPT" | "ADJUSTMENT" | "RESERVE" | "COMMIT" | "RELEASE" | "RESTOCK";

/** How a change moves the counters of each product: by these multiples of its quantity. */
export interface StockMove {
  readonly kind: StockEntryKind;
  readonly onHand: -1 | 0 | 1;
  readonly reserved: -1 | 0 | 1;
  /** What the entries refer to: a reservation, a receipt key. */
  readonly reference: string;
  readonly note?: string;
  /** Who did it; empty for the shop's own machinery. */
  readonly actor?: string;
}

/**
 * Locks the counters of these products in ascending order of SKU, to the end of the transaction. All that change stock lock
 * this way and before anything else of the stock, so they never wait for each other in a circle.
 */
export async function lockStockLevels(
  tx: Kysely<unknown>,
  skus: readonly string[],
): Promise<readonly StockLevel[]> {
  const { rows } = await sql<StockLevel>`
    select sku, on_hand as "onHand", reserved from stock_level
    where sku = any(${skus}::text[]) order by sku for no key update`.execute(tx);
  return rows;
}

/** Moves the counters and writes an entry per line. The products must be locked; the table's own check is the last guard. */
export async function moveStock(
  tx: Kysely<unknown>,
  lines: readonly StockLine[],
  move: StockMove,
): Promise<void> {
  const skus = lines.map((line) => line.sku);
  const quantities = lines.map((line) => line.quantity);
  const { rows } = await sql<{ moved: bigint }>`
    with line as (select * from unnest(${skus}::text[], ${quantities}::bigint[]) as line (sku, quantity)),
    moved as (
      update stock_level set on_hand = on_hand + ${move.onHand}::int * line.quantity,
        reserved = reserved + ${move.reserved}::int * line.quantity
      from line where stock_level.sku = line.sku returning stock_level.sku
    ),
    entry as (
      insert into stock_entry (sku, kind, on_hand_delta, reserved_delta, reference, note, actor)
      select sku, ${move.kind}, ${move.onHand}::int * quantity, ${move.reserved}::int * quantity,
        ${move.reference}, ${move.note ?? ""}, ${move.actor ?? ""}
      from line
    )
    select count(*) as moved from moved`.execute(tx);
  if (rows[0]?.moved !== BigInt(lines.length)) throw new Error("a product of the move has no stock level");
}
