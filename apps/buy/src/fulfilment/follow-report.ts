import type { OrderEventName } from "../domain/order.js";
import { changesOfShipments, type ShipmentStage } from "../domain/order-fulfilment.js";
import { type OrderChange, type OrderState, transition } from "../domain/order-state.js";
import type { ShipmentReport, StoredShipment } from "../store/order-shipments.js";

/** Where an order and its parcels stand. */
export interface Followed {
  readonly state: OrderState;
  /** In the order in which they became known. */
  readonly parcels: readonly StoredShipment[];
}

/** What a report leads to. */
export interface Following extends Followed {
  /** What it adds to the order's history, with the state that each entry leaves. */
  readonly entries: readonly { readonly event: OrderEventName; readonly state: OrderState }[];
}

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

/** Lets an order follow what is told of one of its parcels; undefined where that is no later than what is known. */
export function followReport(before: Followed, report: ShipmentReport): Following | undefined {
  const { shipmentId, stage, revision } = report;
  const known = before.parcels.find((parcel) => parcel.shipmentId === shipmentId);
  if (known && known.revision >= revision) return undefined;
  const now = { shipmentId, stage, revision };
  const parcels = known
    ? before.parcels.map((parcel) => (parcel === known ? now : parcel))
    : [...before.parcels, now];
  const { state } = before;
  const created = known ? [] : [{ event: EVENT_OF_STAGE.PACKING, state }];
  if (stage === (known?.stage ?? "PACKING")) return { state, parcels, entries: created };
  const passed = entriesOf(state, parcels, EVENT_OF_STAGE[stage]);
  return { state: passed.at(-1)?.state ?? state, parcels, entries: [...created, ...passed] };
}

// The order passes through every state on its way, each with an entry; the last, or only, one tells of the parcel itself.
function entriesOf(
  before: OrderState,
  parcels: readonly StoredShipment[],
  own: OrderEventName,
): Following["entries"] {
  const entries: { event: OrderEventName; state: OrderState }[] = [];
  let state = before;
  for (const change of changesOfShipments(parcels.map(({ stage }) => stage))) {
    const next = transition(state, change);
    if (next.kind !== "moved") continue;
    state = next.to;
    entries.push({ event: EVENT_OF_CHANGE[change] ?? own, state });
  }
  if (entries.at(-1)?.event !== own) entries.push({ event: own, state });
  return entries;
}
