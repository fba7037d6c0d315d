import { inTransaction } from "@charter/postgres";
import { type Kysely, sql, type Transaction } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { type OrderPrice, SYSTEM } from "../domain/order.js";
import { sumOrder } from "../domain/order-totals.js";
import { insertOrders, type NewOrder } from "./order-write.js";
import { takeStock } from "./stock.js";
import { lockStockLevels } from "./stock-rows.js";

/** An order of the past, as its source states it. */
export interface ImportedOrder {
  readonly externalRef: string;
  readonly customerExternalRef: string;
  readonly userId?: string;
  readonly countryCode: string;
  readonly currencyCode: string;
  readonly placedAt: Date;
  readonly lines: readonly ImportedLine[];
  readonly shippingMinor: bigint;
  readonly totalMinor: bigint;
  /** Equal exactly for equal content. */
  readonly contentHash: Uint8Array;
}

/** One line of an order of the past. */
export interface ImportedLine {
  readonly lineNumber: number;
  readonly sku: string;
  /** Empty where the catalogue's name is to be taken. */
  readonly name: string;
  readonly quantity: number;
  readonly unitPriceMinor: bigint;
}

/** What became of an order of an import. */
export type ImportOutcome =
  | { readonly kind: "imported" }
  | { readonly kind: "unchanged" }
  | { readonly kind: "refused"; readonly reason: ImportRefusal; readonly detail: string };

/** Why an order of an import was not accepted. */
export type ImportRefusal =
  | "CONTENT_DIFFERS"
  | "TOTAL_MISMATCH"
  | "PRODUCT_NOT_FOUND"
  | "OUT_OF_STOCK"
  | "EMPTY";

const refused = (reason: ImportRefusal, detail: string): ImportOutcome => ({
  kind: "refused",
  reason,
  detail,
});

/**
 * Stores a batch of orders in one transaction, each by itself or not at all, and answers for each in the same order. Their
 * units are taken from the stock; they end delivered. Batches of several imports take turns.
 */
export function importOrders(
  db: Kysely<unknown>,
  orders: readonly ImportedOrder[],
  { now, signal }: { readonly now: Date; readonly signal?: AbortSignal },
): Promise<readonly ImportOutcome[]> {
  return inTransaction(
    db,
    async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtextextended('import-orders', 0))`.execute(tx);
      const known = await knownHashes(tx, orders);
      const names = await productNames(tx, orders);
      await lockStockLevels(tx, [...names.keys()].sort());
      const accepted: NewOrder[] = [];
      const outcomes: ImportOutcome[] = [];
      for (const order of orders) {
        const outcome =
          judge(order, known.get(order.externalRef), names) ?? (await take(tx, order, names, now, accepted));
        if (outcome.kind === "imported") known.set(order.externalRef, order.contentHash);
        outcomes.push(outcome);
      }
      await insertOrders(tx, accepted);
      return outcomes;
    },
    signal ? { signal } : {},
  );
}

// What can be said without touching the stock; undefined for an order that may be taken.
function judge(
  order: ImportedOrder,
  knownHash: Uint8Array | undefined,
  names: ReadonlyMap<string, string>,
): ImportOutcome | undefined {
  if (knownHash) {
    const same = Buffer.compare(knownHash, order.contentHash) === 0;
    return same ? { kind: "unchanged" } : refused("CONTENT_DIFFERS", "");
  }
  if (order.lines.length === 0 && order.shippingMinor === 0n) return refused("EMPTY", "");
  const summed = importedPrice(order, names).totalMinor;
  if (summed !== order.totalMinor) {
    return refused(
      "TOTAL_MISMATCH",
      `lines and shipping add up to ${summed}, the total is ${order.totalMinor}`,
    );
  }
  const missing = order.lines.find(({ sku }) => !names.has(sku));
  return missing && refused("PRODUCT_NOT_FOUND", missing.sku);
}

async function take(
  tx: Transaction<unknown>,
  order: ImportedOrder,
  names: ReadonlyMap<string, string>,
  now: Date,
  accepted: NewOrder[],
): Promise<ImportOutcome> {
  const id = uuidv7();
  if (order.lines.length > 0) {
    const lines = order.lines.map(({ sku, quantity }) => ({ sku, quantity: BigInt(quantity) }));
    const taken = await takeStock(tx, { id, lines });
    if (taken.kind === "out_of_stock") return refused("OUT_OF_STOCK", taken.shortage.sku);
  }
  accepted.push(newOrder(id, order, importedPrice(order, names), now));
  return { kind: "imported" };
}

function newOrder(id: string, order: ImportedOrder, price: OrderPrice, now: Date): NewOrder {
  return {
    id,
    ...(order.userId === undefined ? {} : { userId: order.userId }),
    externalRef: order.externalRef,
    customerExternalRef: order.customerExternalRef,
    contentHash: order.contentHash,
    state: "DELIVERED",
    countryCode: order.countryCode,
    price,
    placedAt: order.placedAt,
    begins: { event: "IMPORTED", actor: SYSTEM, at: now },
  };
}

// As the source states it: no tax and no discount of ours.
function importedPrice(order: ImportedOrder, names: ReadonlyMap<string, string>): OrderPrice {
  const lines = order.lines.map((line) => ({
    ...line,
    name: line.name || names.get(line.sku) || line.sku,
    discountMinor: 0n,
    taxCategory: "ZERO" as const,
    taxBasisPoints: 0,
    taxMinor: 0n,
  }));
  const shipping = {
    shippingMinor: order.shippingMinor,
    shippingDiscountMinor: 0n,
    shippingTaxMinor: 0n,
    shippingTaxBasisPoints: 0,
  };
  return {
    currencyCode: order.currencyCode,
    lines,
    adjustments: [],
    ...shipping,
    ...sumOrder(lines, shipping),
  };
}

async function knownHashes(
  tx: Transaction<unknown>,
  orders: readonly ImportedOrder[],
): Promise<Map<string, Uint8Array>> {
  const refs = orders.map(({ externalRef }) => externalRef);
  const { rows } = await sql<{ external_ref: string; content_hash: Uint8Array }>`
    select external_ref, content_hash from orders where external_ref = any(${refs})`.execute(tx);
  return new Map(rows.map((row) => [row.external_ref, row.content_hash]));
}

async function productNames(
  tx: Transaction<unknown>,
  orders: readonly ImportedOrder[],
): Promise<ReadonlyMap<string, string>> {
  const skus = [...new Set(orders.flatMap(({ lines }) => lines.map(({ sku }) => sku)))];
  const { rows } = await sql<{ sku: string; name: string }>`
    select sku, name from product where sku = any(${skus})`.execute(tx);
  return new Map(rows.map(({ sku, name }) => [sku, name]));
}
