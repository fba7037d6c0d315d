import { type Handler, hasRole, pageSizeOf, readPageToken, userOf, writePageToken } from "@charter/server";
import { OrderState as OrderStateMessage } from "@shop/contract/shop/buy/v1/order_pb.js";
import type { OrderService } from "@shop/contract/shop/buy/v1/order_service_pb.js";
import type { OrderState } from "../domain/order-state.js";
import { type OrderPosition, listOrders as readList } from "../store/order-list.js";
import type { OrderDeps } from "./order-deps.js";
import { orderMessage } from "./order-message.js";

export const listOrders =
  ({ db }: OrderDeps): Handler<typeof OrderService.method.listOrders> =>
  async ({ page, customerId: userId, states }, call) => {
    // The contract lets only operators through without an id of their own; this holds even if it were loosened.
    const whose = hasRole(call.principal, "operator") ? userId : userOf(call).subject;
    const filter = {
      ...(whose === "" ? {} : { userId: whose }),
      states: states.map((state) => OrderStateMessage[state] as OrderState),
    };
    const list = ["orders", whose, ...filter.states.toSorted()];
    const after = positionOf(readPageToken(page, list));
    const { orders, next } = await readList(db, filter, {
      ...(after ? { after } : {}),
      limit: pageSizeOf(page),
    });
    const nextPageToken = next ? writePageToken(list, [next.placedAt.toISOString(), next.id]) : "";
    return { orders: orders.map(orderMessage), page: { nextPageToken } };
  };

function positionOf(token: readonly string[] | undefined): OrderPosition | undefined {
  const [placedAt, id] = token ?? [];
  return placedAt === undefined || id === undefined ? undefined : { placedAt: new Date(placedAt), id };
}
