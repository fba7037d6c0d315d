import { timestampDate } from "@bufbuild/protobuf/wkt";
import { inTransaction } from "@charter/postgres";
import type { Handler } from "@charter/server";
import type { CatalogService, ImportProductsRequest } from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import { type ImportedProduct, importProducts as importBatch } from "../store/import-products.js";
import type { CatalogDeps } from "./catalog-deps.js";
import { ProductImportAccount } from "./product-import-account.js";
import { productSpec } from "./product-spec.js";
import { requireSet } from "./require-set.js";

/** Rows of one transaction. More would hold the locks of many products for long, fewer would wait for the disk more often. */
const MAX_BATCH_ROWS = 200;

export const importProducts =
  ({ db, clock }: CatalogDeps): Handler<typeof CatalogService.method.importProducts> =>
  async (requests, { signal }) => {
    const account = new ProductImportAccount();
    let batch: ImportedProduct[] = [];
    const store = async () => {
      const rows = batch;
      batch = [];
      const now = new Date(clock.nowMs());
      account.add(rows, await inTransaction(db, (tx) => importBatch(tx, rows, now), { signal }));
    };
    for await (const request of requests) {
      batch.push(importedProduct(request));
      if (batch.length >= MAX_BATCH_ROWS) await store();
    }
    if (batch.length > 0) await store();
    return account.response();
  };

function importedProduct({ product, observeTime, stockReceipt }: ImportProductsRequest): ImportedProduct {
  const spec = productSpec(requireSet(product, "product"));
  return {
    spec,
    observedAt: timestampDate(requireSet(observeTime, "observe_time")),
    receipt: stockReceipt && {
      sku: spec.sku,
      receiptKey: stockReceipt.receiptKey,
      quantity: stockReceipt.quantity,
    },
  };
}
