import { type Kysely, sql } from "kysely";
import { moveStock } from "../store/stock-rows.js";

/** Puts a product with this stock into the catalogue, past the rules of the service. */
export async function seedProduct(
  db: Kysely<unknown>,
  {
    sku,
    onHand = 0n,
    priceMinor = 1_000n,
  }: { readonly sku: string; readonly onHand?: bigint; readonly priceMinor?: bigint },
): Promise<void> {
  const epoch = new Date(0);
  await sql`
    insert into product (sku, name, description, currency_code, price_minor, collections, weight_grams, tax_category,
      state, observed_at, created_at, updated_at, words)
    values (${sku}, ${`Product ${sku}`}, '', 'GBP', ${priceMinor}, '{}', 100, 'STANDARD',
      'ACTIVE', ${epoch}, ${epoch}, ${epoch}, to_tsvector('simple', ${sku}))`.execute(db);
  await sql`insert into stock_level (sku) values (${sku})`.execute(db);
  if (onHand > 0n) {
    const move = { kind: "RECEIPT", onHand: 1, reserved: 0, reference: `seed-${sku}` } as const;
    await moveStock(db, [{ sku, quantity: onHand }], move);
  }
}
