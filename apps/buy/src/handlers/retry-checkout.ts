import { retrySaga, sagaStatus } from "@charter/saga";
import { contractError, type Handler } from "@charter/server";
import { BuyError, BuyErrorSchema } from "@shop/contract/shop/buy/v1/errors_pb.js";
import type { OrderService } from "@shop/contract/shop/buy/v1/order_service_pb.js";
import { cancellationId, checkoutId } from "../checkout/checkout-keys.js";
import type { OrderDeps } from "./order-deps.js";
import { visibleOrder } from "./visible-order.js";

export const retryCheckout =
  ({ db, clock, checkout }: OrderDeps): Handler<typeof OrderService.method.retryCheckout> =>
  async ({ orderId }, call) => {
    await visibleOrder(db, orderId, call);
    let retried = false;
    for (const id of [checkoutId(orderId), cancellationId(orderId)]) {
      const stuck = (await sagaStatus(db, id))?.status === "stuck";
      if (stuck && (await retrySaga(db, id, { clock }))) retried = true;
    }
    if (!retried) {
      throw contractError(BuyErrorSchema, BuyError.CHECKOUT_NOT_STUCK, { metadata: { order_id: orderId } });
    }
    checkout.wake();
    return {};
  };
