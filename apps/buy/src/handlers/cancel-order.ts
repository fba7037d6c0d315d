import { toBinary } from "@bufbuild/protobuf";
import { inTransaction, once } from "@charter/postgres";
import { type Call, type Handler, hasRole, userOf } from "@charter/server";
import {
  type CancelOrderRequest,
  CancelOrderRequestSchema,
  type OrderService,
} from "@shop/contract/shop/buy/v1/order_service_pb.js";
import type { Transaction } from "kysely";
import type { OrderActor } from "../domain/order.js";
import { readOrder } from "../store/order-read.js";
import { lockOrder, requestCancel } from "../store/order-write.js";
import { callOff } from "./call-off.js";
import { notCancellable } from "./not-cancellable.js";
import type { OrderDeps } from "./order-deps.js";
import { orderMessage } from "./order-message.js";
import { refuseReusedKey } from "./refuse-reused-key.js";
import { orderNotFound, visibleOrder } from "./visible-order.js";

export const cancelOrder =
  (deps: OrderDeps): Handler<typeof OrderService.method.cancelOrder> =>
  async (request, call) => {
    await visibleOrder(deps.db, request.orderId, call);
    await refuseReusedKey(() => askOnce(deps, request, call));
    deps.checkout.wake();
    // A repeat goes on where the first call may have been cut off; all of it may happen any number of times.
    const asked = await readOrder(deps.db, request.orderId);
    if (asked?.state === "CONFIRMED") await callOff(deps, asked, call);
    return { order: orderMessage(await visibleOrder(deps.db, request.orderId, call)) };
  };

function askOnce({ db }: OrderDeps, request: CancelOrderRequest, call: Call) {
  const key = {
    scope: `CancelOrder/${userOf(call).subject}`,
    key: request.idempotencyKey,
    fingerprint: toBinary(CancelOrderRequestSchema, request),
  };
  const { deadline, signal } = call;
  return inTransaction(db, (tx) => once(tx, key, () => ask(tx, request, call)), { deadline, signal });
}

async function ask(
  tx: Transaction<unknown>,
  { orderId, reason }: CancelOrderRequest,
  call: Call,
): Promise<Uint8Array> {
  const order = await lockOrder(tx, orderId);
  if (order === undefined) throw orderNotFound();
  if (order.state === "PENDING" || order.state === "CONFIRMED") {
    if (!order.cancelRequest) await requestCancel(tx, orderId, { actor: actorOf(call), reason });
  } else if (order.state !== "CANCELLED") {
    throw notCancellable(order.state);
  }
  return new Uint8Array();
}

function actorOf(call: Call): OrderActor {
  const userId = userOf(call).subject;
  return { kind: hasRole(call.principal, "operator") ? "OPERATOR" : "CUSTOMER", userId };
}
