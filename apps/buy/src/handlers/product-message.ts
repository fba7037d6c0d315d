import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type ProductSchema, ProductState, TaxCategory } from "@shop/contract/shop/buy/v1/product_pb.js";
import type { Product } from "../domain/product.js";

/** A product as the contract says it. */
export function productMessage(product: Product): MessageInitShape<typeof ProductSchema> {
  const { sku, name, description, weightGrams, available, revision } = product;
  return {
    sku,
    name,
    description,
    price: { currencyCode: product.currencyCode, minor: product.priceMinor },
    collections: [...product.collections],
    weightGrams,
    taxCategory: TaxCategory[product.taxCategory],
    state: ProductState[product.state],
    available,
    version: revision,
    observeTime: timestampFromDate(product.observedAt),
    createTime: timestampFromDate(product.createdAt),
    updateTime: timestampFromDate(product.updatedAt),
  };
}
