import { apart, inTransaction } from "@charter/postgres";
import { type Call, type Handler, hasRole, userOf } from "@charter/server";
import type { CancelOrderRequest, OrderService } from "@shop/contract/shop/buy/v1/order_service_pb.js";
import type { Transaction } from "kysely";
import type { Order, OrderActor } from "../domain/order.js";
import { readOrder } from "../store/order-read.js";
import { lockOrder, requestCancel } from "../store/order-write.js";
import { callOff } from "./call-off.js";
import { notCancellable } from "./not-cancellable.js";
import type { OrderDeps } from "./order-deps.js";
import { orderMessage } from "./order-message.js";
import { orderNotFound, visibleOrder } from "./visible-order.js";

export const cancelOrder =
  (deps: OrderDeps): Handler<typeof OrderService.method.cancelOrder> =>
  async (request, call) => {
    // What was asked stays asked, however the rest of the call ends; all of it may happen any number of times.
    const asked = await apart(() => ask(deps, request, call));
    if (asked?.state === "CONFIRMED") await callOff(deps, asked, call);
    return { order: orderMessage(await visibleOrder(deps.db, request.orderId, call)) };
  };

async function ask(deps: OrderDeps, request: CancelOrderRequest, call: Call): Promise<Order | undefined> {
  const { db, checkout } = deps;
  const { deadline, signal } = call;
  await visibleOrder(db, request.orderId, call);
  await inTransaction(db, (tx) => noteWish(tx, request, call), { deadline, signal });
  checkout.wake();
  return readOrder(db, request.orderId);
}

async function noteWish(
  tx: Transaction<unknown>,
  { orderId, reason }: CancelOrderRequest,
  call: Call,
): Promise<void> {
  const order = await lockOrder(tx, orderId);
  if (order === undefined) throw orderNotFound();
  if (order.state === "PENDING" || order.state === "CONFIRMED") {
    if (!order.cancelRequest) await requestCancel(tx, orderId, { actor: actorOf(call), reason });
  } else if (order.state !== "CANCELLED") {
    throw notCancellable(order.state);
  }
}

function actorOf(call: Call): OrderActor {
  const userId = userOf(call).subject;
  return { kind: hasRole(call.principal, "operator") ? "OPERATOR" : "CUSTOMER", userId };
}
