import type { Handlers } from "@charter/server";
import type { OrderService } from "@shop/contract/shop/buy/v1/order_service_pb.js";
import { cancelOrder } from "./cancel-order.js";
import { getOrder } from "./get-order.js";
import { importOrders } from "./import-orders.js";
import { listOrders } from "./list-orders.js";
import { listStuckCheckouts } from "./list-stuck-checkouts.js";
import type { OrderDeps } from "./order-deps.js";
import { placeOrder } from "./place-order.js";
import { retryCheckout } from "./retry-checkout.js";
import { watchOrder } from "./watch-order.js";

/** The methods of OrderService. Those that are left out answer UNIMPLEMENTED. */
export function orderHandlers(deps: OrderDeps): Partial<Handlers<typeof OrderService>> {
  return {
    placeOrder: placeOrder(deps),
    getOrder: getOrder(deps),
    listOrders: listOrders(deps),
    cancelOrder: cancelOrder(deps),
    listStuckCheckouts: listStuckCheckouts(deps),
    retryCheckout: retryCheckout(deps),
    watchOrder: watchOrder(deps),
    importOrders: importOrders(deps),
  };
}
