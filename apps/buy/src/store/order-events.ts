import { appendEvent } from "@charter/postgres";
import type { Transaction } from "kysely";

/** The log that tells other parts of the shop how orders end or begin to be carried out. */
export const ORDER_STREAM = "orders";

/** What the log tells. */
export type OrderEventType = "OrderConfirmed" | "OrderFailed" | "OrderCancelled";

/** Tells of an order. Call it last in a transaction: writers of the log take turns from here to the commit. */
export async function appendOrderEvent(
  tx: Transaction<unknown>,
  orderId: string,
  type: OrderEventType,
): Promise<void> {
  const payload = new TextEncoder().encode(JSON.stringify({ orderId }));
  await appendEvent(tx, { stream: ORDER_STREAM, aggregateId: orderId, type, payload });
}
