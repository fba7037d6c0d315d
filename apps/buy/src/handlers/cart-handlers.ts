import type { Handlers } from "@charter/server";
import type { CartService } from "@shop/contract/shop/buy/v1/cart_service_pb.js";
import type { CartDeps } from "./cart-deps.js";
import { getCart } from "./get-cart.js";
import { quoteCart } from "./quote-cart.js";
import { removeItem } from "./remove-item.js";
import { setItem } from "./set-item.js";

/** The methods of CartService. */
export function cartHandlers(deps: CartDeps): Partial<Handlers<typeof CartService>> {
  return {
    getCart: getCart(deps),
    setItem: setItem(deps),
    removeItem: removeItem(deps),
    quoteCart: quoteCart(deps),
  };
}
