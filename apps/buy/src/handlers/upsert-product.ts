import { inTransaction } from "@charter/postgres";
import { contractError, type Handler } from "@charter/server";
import { type CatalogService, WriteOutcome } from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import { BuyError, BuyErrorSchema } from "@shop/contract/shop/buy/v1/errors_pb.js";
import type { Kysely } from "kysely";
import { declare, type ProductRecord, type ProductSpec } from "../domain/product.js";
import { readProducts } from "../store/products.js";
import { lockCatalogue, readRecords, writeRecords } from "../store/products-write.js";
import type { CatalogDeps } from "./catalog-deps.js";
import { productMessage } from "./product-message.js";
import { productSpec } from "./product-spec.js";
import { requireSet } from "./require-set.js";

const OUTCOMES = {
  created: WriteOutcome.CREATED,
  updated: WriteOutcome.UPDATED,
  unchanged: WriteOutcome.UNCHANGED,
} as const;

export const upsertProduct =
  ({ db, clock }: CatalogDeps): Handler<typeof CatalogService.method.upsertProduct> =>
  async (request, { deadline, signal }) => {
    const spec = productSpec(requireSet(request.product, "product"));
    const store = (tx: Kysely<unknown>) => upsert(tx, spec, request.expectedVersion, new Date(clock.nowMs()));
    return inTransaction(db, store, { deadline, signal });
  };

async function upsert(tx: Kysely<unknown>, spec: ProductSpec, expectedRevision: bigint, now: Date) {
  await lockCatalogue(tx);
  const known = (await readRecords(tx, [spec.sku])).get(spec.sku);
  checkRevision(spec.sku, known, expectedRevision);
  const { kind, record } = declare(known, spec, now);
  await writeRecords(tx, [record], now);
  const [product] = await readProducts(tx, [spec.sku]);
  if (!product) throw new Error(`product ${spec.sku} was written and is not there`);
  return { product: productMessage(product), outcome: OUTCOMES[kind] };
}

function checkRevision(sku: string, known: ProductRecord | undefined, expected: bigint): void {
  const revision = known?.revision ?? 0n;
  if (expected === 0n || expected === revision) return;
  const metadata = { sku, version: String(revision) };
  throw contractError(BuyErrorSchema, BuyError.PRODUCT_CHANGED, { metadata });
}
