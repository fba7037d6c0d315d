import type { Transaction } from "kysely";
import { appendOrderEvent } from "../store/order-events.js";
import { changeOrder, type LockedOrder } from "../store/order-write.js";
import { restockReservation } from "../store/stock.js";
import type { Checkout } from "./create-checkout.js";

/**
 * Cancels a locked, confirmed order whose parcel has been called off: its units go back into the stock and the rest is undone
 * by itself. Does nothing unless somebody has asked for it. Call the checkout's `wake` once it is committed.
 */
export async function cancelConfirmed(
  tx: Transaction<unknown>,
  order: LockedOrder,
  { checkout, at }: { readonly checkout: Checkout; readonly at: Date },
): Promise<void> {
  const { cancelRequest } = order;
  if (order.state !== "CONFIRMED" || cancelRequest === undefined) return;
  await restockReservation(tx, order.id);
  await changeOrder(tx, order, "CANCEL", {
    event: "CANCELLED",
    actor: cancelRequest.actor,
    at,
    note: cancelRequest.reason,
  });
  await checkout.beginCancellation(tx, order.id);
  await appendOrderEvent(tx, order.id, "OrderCancelled");
}
