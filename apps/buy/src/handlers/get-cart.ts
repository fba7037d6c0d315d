import { type Handler, userOf } from "@charter/server";
import type { CartService } from "@shop/contract/shop/buy/v1/cart_service_pb.js";
import type { CartDeps } from "./cart-deps.js";
import { readCartMessage } from "./cart-message.js";

export const getCart =
  ({ db }: CartDeps): Handler<typeof CartService.method.getCart> =>
  async (_request, call) => ({ cart: await readCartMessage(db, userOf(call).subject) });
