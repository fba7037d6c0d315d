import { contractError, type Handler, userOf } from "@charter/server";
import type { CartService } from "@shop/contract/shop/buy/v1/cart_service_pb.js";
import { BuyError, BuyErrorSchema } from "@shop/contract/shop/buy/v1/errors_pb.js";
import type { Kysely } from "kysely";
import { readCart } from "../store/carts.js";
import { readProducts } from "../store/products.js";
import type { CartDeps } from "./cart-deps.js";
import { changeCart } from "./change-cart.js";

export const setItem =
  (deps: CartDeps): Handler<typeof CartService.method.setItem> =>
  async ({ sku, quantity, expectedVersion }, call) => {
    const userId = userOf(call).subject;
    const check = (tx: Kysely<unknown>) => (quantity === 0 ? Promise.resolve() : checkSold(tx, userId, sku));
    return changeCart(deps, { userId, sku, quantity, expectedVersion }, call, check);
  };

/** Throws unless the product is sold, in the currency of what the cart holds. */
async function checkSold(tx: Kysely<unknown>, userId: string, sku: string): Promise<void> {
  const held = (await readCart(tx, userId)).lines.map((line) => line.sku);
  const products = await readProducts(tx, [...held, sku]);
  const product = products.find((one) => one.sku === sku);
  if (!product) throw contractError(BuyErrorSchema, BuyError.PRODUCT_NOT_FOUND, { metadata: { sku } });
  if (product.state === "WITHDRAWN") {
    throw contractError(BuyErrorSchema, BuyError.PRODUCT_WITHDRAWN, { metadata: { sku } });
  }
  const other = products.find(
    (one) => one.sku !== sku && one.state === "ACTIVE" && one.currencyCode !== product.currencyCode,
  );
  if (!other) return;
  const metadata = { sku, currency_code: other.currencyCode };
  throw contractError(BuyErrorSchema, BuyError.CURRENCY_MISMATCH, { metadata });
}
