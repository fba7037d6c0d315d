import { contractError, type Handler } from "@charter/server";
import type { CatalogService } from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import { BuyError, BuyErrorSchema } from "@shop/contract/shop/buy/v1/errors_pb.js";
import { readProducts } from "../store/products.js";
import type { CatalogDeps } from "./catalog-deps.js";
import { productMessage } from "./product-message.js";

export const getProduct =
  ({ db }: CatalogDeps): Handler<typeof CatalogService.method.getProduct> =>
  async ({ sku }) => {
    const [product] = await readProducts(db, [sku]);
    if (!product) throw contractError(BuyErrorSchema, BuyError.PRODUCT_NOT_FOUND, { metadata: { sku } });
    return { product: productMessage(product) };
  };
