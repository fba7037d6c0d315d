import { type Kysely, sql } from "kysely";
import type { Product } from "../domain/product.js";
import { MAX_QUERY_WORDS } from "../domain/search-words.js";

const columns = sql`product.sku, name, description, currency_code as "currencyCode", price_minor as "priceMinor", collections,
  weight_grams as "weightGrams", tax_category as "taxCategory", state, revision, observed_at as "observedAt",
  created_at as "createdAt", updated_at as "updatedAt", on_hand - reserved as available`;
const tables = sql`product join stock_level using (sku)`;

/** The products with these SKUs, withdrawn ones included, in no particular order. */
export async function readProducts(
  db: Kysely<unknown>,
  skus: readonly string[],
): Promise<readonly Product[]> {
  const { rows } = await sql<Product>`
    select ${columns} from ${tables} where product.sku = any(${skus}::text[])`.execute(db);
  return rows;
}

export interface ProductList {
  /** Only products of this collection. */
  readonly collection?: string | undefined;
  /** Only products beyond this SKU. */
  readonly afterSku?: string | undefined;
  readonly limit: number;
}

/** Active products in ascending order of SKU. */
export async function listProducts(
  db: Kysely<unknown>,
  { collection, afterSku, limit }: ProductList,
): Promise<readonly Product[]> {
  const conditions = [
    collection ? sql`and collections @> array[${collection}]` : sql``,
    afterSku ? sql`and product.sku > ${afterSku}` : sql``,
  ];
  const { rows } = await sql<Product>`
    select ${columns} from ${tables} where state = 'ACTIVE' ${sql.join(conditions, sql` `)}
    order by product.sku limit ${limit}`.execute(db);
  return rows;
}

/** A product that was found. */
export interface FoundProduct extends Product {
  /** How well it matches, in PostgreSQL's shortest text form, which reads back to the same number. */
  readonly rank: string;
}

export interface ProductSearch {
  /** All must occur; the last may be the beginning of a word. None finds nothing. */
  readonly words: readonly string[];
  /** Only what comes after this one in the order of the answer. */
  readonly after?: { readonly rank: string; readonly sku: string } | undefined;
  readonly limit: number;
}

/** Active products that contain the words, the best match first, then by SKU. */
export async function searchProducts(
  db: Kysely<unknown>,
  { words, after, limit }: ProductSearch,
): Promise<readonly FoundProduct[]> {
  if (words.length === 0) return [];
  const beyond = after
    ? sql`where rank < ${after.rank}::real or (rank = ${after.rank}::real and sku > ${after.sku})`
    : sql``;
  const { rows } = await sql<FoundProduct>`
    with found as (
      select ${columns}, ts_rank(words, query) as rank
      from ${tables}, to_tsquery('simple', ${prefixQuery(words)}) as query
      where state = 'ACTIVE' and words @@ query
    )
    select "found".*, rank::text as rank from found ${beyond} order by found.rank desc, sku limit ${limit}`.execute(
    db,
  );
  return rows;
}

// Words consist of letters and digits only, so nothing in them needs escaping.
function prefixQuery(words: readonly string[]): string {
  const lexemes = words.slice(0, MAX_QUERY_WORDS).map((word) => `'${word}'`);
  return `${lexemes.join(" & ")}:*`;
}
