import { type Handler, pageSizeOf, readPageToken, writePageToken } from "@charter/server";
import type { CatalogService } from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import { wordsOf } from "../domain/search-words.js";
import { searchProducts as search } from "../store/products.js";
import type { CatalogDeps } from "./catalog-deps.js";
import { productMessage } from "./product-message.js";

export const searchProducts =
  ({ db }: CatalogDeps): Handler<typeof CatalogService.method.searchProducts> =>
  async ({ query, page }) => {
    const words = wordsOf(query);
    const list = ["search", ...words];
    const size = pageSizeOf(page);
    const [rank, sku] = readPageToken(page, list) ?? [];
    const after = rank !== undefined && sku !== undefined ? { rank, sku } : undefined;
    const found = await search(db, { words, after, limit: size + 1 });
    const products = found.slice(0, size);
    const last = found.length > size ? products.at(-1) : undefined;
    return {
      products: products.map(productMessage),
      page: { nextPageToken: last ? writePageToken(list, [last.rank, last.sku]) : "" },
    };
  };
