import { type Call, contractError, hasRole, userOf } from "@charter/server";
import { BuyError, BuyErrorSchema } from "@shop/contract/shop/buy/v1/errors_pb.js";
import type { Kysely } from "kysely";
import type { Order } from "../domain/order.js";
import { readOrder } from "../store/order-read.js";

/**
 * The order, if the caller may see it: its customer and operators.
 *
 * @throws ContractError ORDER_NOT_FOUND where there is none or it is somebody else's
 */
export async function visibleOrder(
  db: Kysely<unknown>,
  orderId: string,
  call: Pick<Call, "principal">,
): Promise<Order> {
  const order = await readOrder(db, orderId);
  if (order === undefined || !maySee(order.userId, call)) throw orderNotFound();
  return order;
}

/** Whether the caller may see an order of this customer. */
export function maySee(customerId: string | undefined, call: Pick<Call, "principal">): boolean {
  return hasRole(call.principal, "operator") || userOf(call).subject === customerId;
}

/** There is no such order, or the caller may not know of it. */
export function orderNotFound(): Error {
  return contractError(BuyErrorSchema, BuyError.ORDER_NOT_FOUND, {});
}
