import type { Handler } from "@charter/server";
import type { CatalogService } from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import { readProducts } from "../store/products.js";
import type { CatalogDeps } from "./catalog-deps.js";
import { productMessage } from "./product-message.js";

export const batchGetProducts =
  ({ db }: CatalogDeps): Handler<typeof CatalogService.method.batchGetProducts> =>
  async ({ skus }) => {
    const bySku = new Map((await readProducts(db, skus)).map((product) => [product.sku, product]));
    return {
      products: skus.flatMap((sku) => bySku.get(sku) ?? []).map(productMessage),
      missingSkus: skus.filter((sku) => !bySku.has(sku)),
    };
  };
