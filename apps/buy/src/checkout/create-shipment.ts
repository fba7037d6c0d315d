import { ServiceLevel } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import { SYSTEM } from "../domain/order.js";
import type { CheckoutOrder } from "../store/checkout-orders.js";
import { addShipment } from "../store/order-shipments.js";
import { appendHistory, lockOrder } from "../store/order-write.js";
import type { CheckoutDeps } from "./checkout-deps.js";
import { STEP, stepKey } from "./checkout-keys.js";
import type { CheckoutStep } from "./checkout-step.js";
import { slotKeyOf } from "./reserve-slot.js";

/** Books the parcel. Delivery's events may tell of it before its answer does; it enters the order once. */
export const createShipment = ({ orders, clock, delivery }: CheckoutDeps): CheckoutStep => ({
  name: STEP.createShipment,
  kind: "forward",
  async run({ state, signal, complete }) {
    const order = await orders.read(state.orderId);
    const { shipmentId, trackingNumber } = await delivery.createShipment(requestFor(order), { signal });
    await complete(async (tx) => {
      await lockOrder(tx, order.id);
      const at = new Date(clock.nowMs());
      const report = {
        shipmentId,
        orderId: order.id,
        trackingNumber,
        stage: "PACKING",
        revision: 0,
        at,
      } as const;
      const added = await addShipment(tx, report, order.lines);
      if (added) await appendHistory(tx, order.id, { event: "SHIPMENT_CREATED", actor: SYSTEM, at });
    });
  },
});

function requestFor(order: CheckoutOrder) {
  return {
    idempotencyKey: stepKey(order.id, STEP.createShipment),
    orderId: order.id,
    customerId: order.userId,
    quoteId: order.delivery.quoteId,
    serviceLevel: ServiceLevel[order.delivery.serviceLevel],
    reservationKey: order.delivery.slotId === "" ? "" : slotKeyOf(order.id),
    address: { ...order.shipTo, lines: [...order.shipTo.lines] },
    items: order.lines.map(({ sku, quantity }) => ({ sku, quantity })),
  };
}
