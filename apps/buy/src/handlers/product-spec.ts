import {
  type ProductSpec as ProductSpecMessage,
  ProductState,
  TaxCategory,
} from "@shop/contract/shop/buy/v1/product_pb.js";
import type { ProductSpec } from "../domain/product.js";
import { requireSet } from "./require-set.js";

const TAX_CATEGORIES = {
  [TaxCategory.UNSPECIFIED]: "STANDARD",
  [TaxCategory.STANDARD]: "STANDARD",
  [TaxCategory.REDUCED]: "REDUCED",
  [TaxCategory.ZERO]: "ZERO",
} as const;

const STATES = {
  [ProductState.UNSPECIFIED]: "ACTIVE",
  [ProductState.ACTIVE]: "ACTIVE",
  [ProductState.WITHDRAWN]: "WITHDRAWN",
} as const;

/** What a request says about a product; validated by the rules of the contract. */
export function productSpec(message: ProductSpecMessage): ProductSpec {
  const price = requireSet(message.price, "product.price");
  return {
    sku: message.sku,
    name: message.name,
    description: message.description,
    currencyCode: price.currencyCode,
    priceMinor: price.minor,
    collections: message.collections.toSorted(),
    weightGrams: message.weightGrams,
    taxCategory: TAX_CATEGORIES[message.taxCategory],
    state: STATES[message.state],
  };
}
