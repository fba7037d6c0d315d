import type { Handlers } from "@charter/server";
import type { CatalogService } from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import { adjustStock } from "./adjust-stock.js";
import { batchGetProducts } from "./batch-get-products.js";
import type { CatalogDeps } from "./catalog-deps.js";
import { getProduct } from "./get-product.js";
import { importProducts } from "./import-products.js";
import { listProducts } from "./list-products.js";
import { searchProducts } from "./search-products.js";
import { upsertProduct } from "./upsert-product.js";

/** The methods of CatalogService. */
export function catalogHandlers(deps: CatalogDeps): Partial<Handlers<typeof CatalogService>> {
  return {
    listProducts: listProducts(deps),
    getProduct: getProduct(deps),
    batchGetProducts: batchGetProducts(deps),
    searchProducts: searchProducts(deps),
    upsertProduct: upsertProduct(deps),
    adjustStock: adjustStock(deps),
    importProducts: importProducts(deps),
  };
}
