import type { Handler } from "@charter/server";
import type { OrderService } from "@shop/contract/shop/buy/v1/order_service_pb.js";
import type { OrderDeps } from "./order-deps.js";
import { orderMessage } from "./order-message.js";
import { visibleOrder } from "./visible-order.js";

export const getOrder =
  ({ db }: OrderDeps): Handler<typeof OrderService.method.getOrder> =>
  async ({ orderId }, call) => ({ order: orderMessage(await visibleOrder(db, orderId, call)) });
