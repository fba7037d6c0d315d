import type { MessageInitShape } from "@bufbuild/protobuf";
import { pageSizeOf, readPageToken, writePageToken } from "@charter/server";
import type { ListProductsResponseSchema } from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import type { PageRequest } from "@shop/contract/shop/type/v1/page_pb.js";
import type { Kysely } from "kysely";
import { listProducts } from "../store/products.js";
import { productMessage } from "./product-message.js";

/** Reads one page of the catalogue. */
export type ReadCataloguePage = (
  db: Kysely<unknown>,
) => Promise<MessageInitShape<typeof ListProductsResponseSchema>>;

/**
 * A page of the catalogue, as ListProducts and LoadPage answer it; a token of either continues the other.
 *
 * @throws ContractError INVALID_ARGUMENT for a page token of another list
 */
export function cataloguePage(request: {
  readonly collection: string;
  readonly page?: PageRequest | undefined;
}): ReadCataloguePage {
  const { collection, page } = request;
  const list = ["products", collection];
  const size = pageSizeOf(page);
  const afterSku = readPageToken(page, list)?.[0];
  return async (db) => {
    // One more than asked for tells whether there is a next page.
    const found = await listProducts(db, { collection, afterSku, limit: size + 1 });
    const products = found.slice(0, size);
    const last = found.length > size ? products.at(-1) : undefined;
    return {
      products: products.map(productMessage),
      page: { nextPageToken: last ? writePageToken(list, [last.sku]) : "" },
    };
  };
}
