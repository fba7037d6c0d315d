import { outcomeOf } from "@charter/client";
import { apart, inTransaction, whenCommitted } from "@charter/postgres";
import { type Call, contractError } from "@charter/server";
import { BuyError, BuyErrorSchema } from "@shop/contract/shop/buy/v1/errors_pb.js";
import type { Transaction } from "kysely";
import { cancelConfirmed } from "../checkout/cancel-confirmed.js";
import type { Order } from "../domain/order.js";
import { lockOrder, withdrawCancel } from "../store/order-write.js";
import { notCancellable } from "./not-cancellable.js";
import type { OrderDeps } from "./order-deps.js";

const RETRY_AFTER_MS = 1_000;

/**
 * Calls a confirmed order off: delivery decides, by whether its parcels can still be stopped.
 *
 * @throws ContractError ORDER_NOT_CANCELLABLE when they cannot, DELIVERY_UNAVAILABLE when that is not known yet
 */
export async function callOff(deps: OrderDeps, order: Order, { deadline, signal }: Call): Promise<void> {
  if (order.shipments.length === 0) {
    throw tryLater("The parcel is being booked just now; cancel again in a moment.");
  }
  await apart(async () => {
    for (const { shipmentId, stage } of order.shipments) {
      if (stage !== "CANCELLED") await stopParcel(deps, order, shipmentId);
    }
  });
  await inTransaction(deps.db, (tx) => cancelLocked(deps, tx, order.id), { deadline, signal });
  whenCommitted(deps.db, () => deps.checkout.wake());
}

async function cancelLocked(
  { checkout, clock }: OrderDeps,
  tx: Transaction<unknown>,
  orderId: string,
): Promise<void> {
  const order = await lockOrder(tx, orderId);
  if (order) await cancelConfirmed(tx, order, { checkout, at: new Date(clock.nowMs()) });
}

async function stopParcel({ delivery, db }: OrderDeps, order: Order, shipmentId: string): Promise<void> {
  try {
    await delivery.cancelShipment({ shipmentId });
  } catch (error) {
    if (outcomeOf(error) !== "refused")
      throw tryLater("Delivery does not answer; cancel again in a moment.", error);
    await withdrawCancel(db, order.id);
    throw notCancellable(order.state);
  }
}

function tryLater(message: string, cause?: unknown): Error {
  return contractError(BuyErrorSchema, BuyError.DELIVERY_UNAVAILABLE, {
    message,
    retryAfterMs: RETRY_AFTER_MS,
    cause,
  });
}
