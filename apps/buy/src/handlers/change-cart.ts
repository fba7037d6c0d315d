import { inTransaction } from "@charter/postgres";
import { contractError } from "@charter/server";
import type { Deadline } from "@charter/time";
import { BuyError, BuyErrorSchema } from "@shop/contract/shop/buy/v1/errors_pb.js";
import type { Kysely } from "kysely";
import { MAX_CART_LINES } from "../domain/cart.js";
import { type CartItem, setCartItem } from "../store/carts.js";
import type { CartDeps } from "./cart-deps.js";
import { readCartMessage } from "./cart-message.js";

/** The call that changes a cart. */
interface Changing {
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
}

/**
 * Sets how many units of a product a cart holds, once `check` lets it, and answers the cart.
 *
 * @throws ContractError CART_CHANGED, CART_FULL, and what `check` throws; the cart is then as before
 */
export function changeCart(
  { db, clock }: CartDeps,
  item: Omit<CartItem, "now">,
  { deadline, signal }: Changing,
  check: (tx: Kysely<unknown>) => Promise<void> = async () => undefined,
) {
  const change = async (tx: Kysely<unknown>) => {
    await check(tx);
    const outcome = await setCartItem(tx, { ...item, now: new Date(clock.nowMs()) });
    if (outcome.kind === "other_version") {
      const metadata = { version: String(outcome.version) };
      throw contractError(BuyErrorSchema, BuyError.CART_CHANGED, { metadata });
    }
    if (outcome.kind === "full") {
      const metadata = { max_lines: String(MAX_CART_LINES) };
      throw contractError(BuyErrorSchema, BuyError.CART_FULL, { metadata });
    }
    return { cart: await readCartMessage(tx, item.userId) };
  };
  return inTransaction(db, change, { deadline, signal });
}
