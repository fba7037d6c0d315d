import { type Kysely, sql } from "kysely";
import type { ProductRecord } from "../domain/product.js";
import { wordsOf } from "../domain/search-words.js";

/** Lets one transaction at a time change what products say. Taken before any lock on stock. */
export async function lockCatalogue(tx: Kysely<unknown>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('buy.catalogue', 0))`.execute(tx);
}

/** What the catalogue knows of these products, by SKU; unknown ones are left out. The catalogue must be locked. */
export async function readRecords(
  tx: Kysely<unknown>,
  skus: readonly string[],
): Promise<Map<string, ProductRecord>> {
  const { rows } = await sql<ProductRecord>`
    select sku, name, description, currency_code as "currencyCode", price_minor as "priceMinor", collections,
      weight_grams as "weightGrams", tax_category as "taxCategory", state, revision, observed_at as "observedAt"
    from product where sku = any(${skus}::text[])`.execute(tx);
  return new Map(rows.map((row) => [row.sku, row]));
}

/**
 * Stores these products, each SKU once, and gives new ones a stock of 0. `updated_at` moves only with the revision. The catalogue
 * must be locked.
 */
export async function writeRecords(
  tx: Kysely<unknown>,
  records: readonly ProductRecord[],
  now: Date,
): Promise<void> {
  if (records.length === 0) return;
  await sql`
    insert into product as known (sku, name, description, currency_code, price_minor, collections, weight_grams,
      tax_category, state, revision, observed_at, created_at, updated_at, words)
    select sku, name, description, currency_code, price_minor,
      array(select jsonb_array_elements_text(collections)), weight_grams, tax_category, state, revision,
      observed_at, ${now}, ${now},
      setweight(to_tsvector('simple', title_words), 'A') || setweight(to_tsvector('simple', collection_words), 'B')
        || setweight(to_tsvector('simple', description_words), 'C')
    from jsonb_to_recordset(${JSON.stringify(records.map(toRow))}::jsonb) as row (sku text, name text, description text,
      currency_code text, price_minor bigint, collections jsonb, weight_grams integer, tax_category text, state text,
      revision bigint, observed_at timestamptz, title_words text, collection_words text, description_words text)
    on conflict (sku) do update set name = excluded.name, description = excluded.description,
      currency_code = excluded.currency_code, price_minor = excluded.price_minor, collections = excluded.collections,
      weight_grams = excluded.weight_grams, tax_category = excluded.tax_category, state = excluded.state,
      revision = excluded.revision, observed_at = excluded.observed_at, words = excluded.words,
      updated_at = case when known.revision = excluded.revision then known.updated_at else excluded.updated_at end`.execute(
    tx,
  );
  await sql`
    insert into stock_level (sku) select unnest(${records.map((record) => record.sku)}::text[])
    on conflict (sku) do nothing`.execute(tx);
}

function toRow(record: ProductRecord) {
  return {
    sku: record.sku,
    name: record.name,
    description: record.description,
    currency_code: record.currencyCode,
    price_minor: String(record.priceMinor),
    collections: record.collections,
    weight_grams: record.weightGrams,
    tax_category: record.taxCategory,
    state: record.state,
    revision: String(record.revision),
    observed_at: record.observedAt.toISOString(),
    title_words: wordsOf(`${record.sku} ${record.name}`).join(" "),
    collection_words: wordsOf(record.collections.join(" ")).join(" "),
    description_words: wordsOf(record.description).join(" "),
  };
}
