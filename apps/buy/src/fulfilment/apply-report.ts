import type { Transaction } from "kysely";
import { cancelConfirmed } from "../checkout/cancel-confirmed.js";
import type { OrderActor, OrderEventName } from "../domain/order.js";
import { changesOfShipments, type ShipmentStage } from "../domain/order-fulfilment.js";
import { type OrderChange, transition } from "../domain/order-state.js";
import { reportShipment, type ShipmentReport, shipmentsOf } from "../store/order-shipments.js";
import { appendHistory, changeOrder, type LockedOrder, lockOrder } from "../store/order-write.js";
import type { FulfilmentDeps } from "./fulfilment-deps.js";

const CARRIER: OrderActor = { kind: "CARRIER" };

const EVENT_OF_STAGE: Readonly<Record<ShipmentStage, OrderEventName>> = {
  PACKING: "SHIPMENT_CREATED",
  UNDER_WAY: "SHIPPED",
  DELIVERED: "DELIVERED",
  RETURNED: "RETURNED",
  LOST: "DELIVERY_FAILED",
  CANCELLED: "SHIPMENT_CANCELLED",
};

const EVENT_OF_CHANGE: Partial<Record<OrderChange, OrderEventName>> = {
  FULFIL_PART: "SHIPPED",
  FULFIL_ALL: "SHIPPED",
  DELIVER: "DELIVERED",
  RETURN: "RETURNED",
};

/**
 * Lets an order follow what is told of one of its parcels. What is older than what is known changes nothing; a parcel of an
 * order that is not ours is passed by.
 */
export async function applyReport(
  tx: Transaction<unknown>,
  report: ShipmentReport,
  { checkout, clock }: Pick<FulfilmentDeps, "checkout" | "clock">,
): Promise<void> {
  const order = await lockOrder(tx, report.orderId);
  if (order === undefined) return;
  const known = (await shipmentsOf(tx, order.id)).find(({ shipmentId }) => shipmentId === report.shipmentId);
  if (known && known.revision >= report.revision) return;
  await reportShipment(tx, report);
  if (known === undefined) await note(tx, order, "SHIPMENT_CREATED", report.at);
  if (report.stage === (known?.stage ?? "PACKING")) return;
  await follow(tx, order, report);
  if (report.stage === "CANCELLED")
    await cancelConfirmed(tx, order, { checkout, at: new Date(clock.nowMs()) });
}

// The order passes through every state on its way, each with an entry; the last, or only, one tells of the parcel itself.
async function follow(tx: Transaction<unknown>, order: LockedOrder, report: ShipmentReport): Promise<void> {
  const own = EVENT_OF_STAGE[report.stage];
  const stages = (await shipmentsOf(tx, order.id)).map(({ stage }) => stage);
  let { state } = order;
  let told = false;
  for (const change of changesOfShipments(stages)) {
    const next = transition(state, change);
    if (next.kind !== "moved") continue;
    const event = EVENT_OF_CHANGE[change] ?? own;
    await changeOrder(tx, { ...order, state }, change, { event, actor: CARRIER, at: report.at });
    state = next.to;
    told = event === own;
  }
  if (!told) await note(tx, order, own, report.at);
}

function note(tx: Transaction<unknown>, { id }: LockedOrder, event: OrderEventName, at: Date): Promise<void> {
  return appendHistory(tx, id, { event, actor: CARRIER, at });
}
