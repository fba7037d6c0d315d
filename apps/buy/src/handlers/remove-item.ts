import { type Handler, userOf } from "@charter/server";
import type { CartService } from "@shop/contract/shop/buy/v1/cart_service_pb.js";
import type { CartDeps } from "./cart-deps.js";
import { changeCart } from "./change-cart.js";

export const removeItem =
  (deps: CartDeps): Handler<typeof CartService.method.removeItem> =>
  async ({ sku, expectedVersion }, call) =>
    changeCart(deps, { userId: userOf(call).subject, sku, quantity: 0, expectedVersion }, call);
