import { contractError } from "@charter/server";
import { BuyError, BuyErrorSchema } from "@shop/contract/shop/buy/v1/errors_pb.js";
import type { Kysely } from "kysely";
import type { Product } from "../domain/product.js";
import { type CartRecord, readCart } from "../store/carts.js";
import { readProducts } from "../store/products.js";

/** A product of a basket, as the catalogue knows it at this moment. */
export interface BasketItem {
  /** Names the line in quote and order; starts at 1, in ascending order of SKU. */
  readonly lineNumber: number;
  readonly product: Product;
  readonly quantity: number;
}

/** What a user's cart holds that can be bought. */
export interface Basket {
  readonly cartVersion: bigint;
  readonly currencyCode: string;
  /** At least one. */
  readonly items: readonly BasketItem[];
  /** What the cart holds and cannot be bought any more. */
  readonly withdrawnSkus: readonly string[];
}

/**
 * Reads the user's cart with its products at today's prices.
 *
 * @throws ContractError CART_EMPTY when nothing in it can be bought, CURRENCY_MISMATCH when its products are priced in several currencies
 */
export async function readBasket(db: Kysely<unknown>, userId: string): Promise<Basket> {
  return basketOf(db, await readCart(db, userId));
}

/** As `readBasket`, of a cart that was read before. */
export async function basketOf(
  db: Kysely<unknown>,
  { version, lines }: Pick<CartRecord, "version" | "lines">,
): Promise<Basket> {
  const skus = lines.map((line) => line.sku);
  const products = new Map((await readProducts(db, skus)).map((product) => [product.sku, product]));
  const sold = lines.flatMap(({ sku, quantity }) => {
    const product = products.get(sku);
    return product?.state === "ACTIVE" ? [{ product, quantity }] : [];
  });
  const items = sold.map((item, index) => ({ lineNumber: index + 1, ...item }));
  const withdrawnSkus = skus.filter((sku) => products.get(sku)?.state !== "ACTIVE");
  return { cartVersion: version, currencyCode: currencyOf(items), items, withdrawnSkus };
}

function currencyOf(items: readonly BasketItem[]): string {
  const currencyCode = items[0]?.product.currencyCode;
  if (currencyCode === undefined) throw contractError(BuyErrorSchema, BuyError.CART_EMPTY);
  const other = items.find((item) => item.product.currencyCode !== currencyCode);
  if (other) {
    const metadata = { sku: other.product.sku, currency_code: currencyCode };
    throw contractError(BuyErrorSchema, BuyError.CURRENCY_MISMATCH, { metadata });
  }
  return currencyCode;
}
