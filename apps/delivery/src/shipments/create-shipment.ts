import type { Carrier } from "../carrier/carrier.js";
import { DeliveryError, deliveryError } from "../delivery-error.js";
import { normaliseDestination, sameDestination } from "../domain/destination.js";
import type { Quote } from "../domain/quote.js";
import type { ServiceLevel } from "../domain/service-level.js";
import type { Report } from "../domain/shipment-history.js";
import type { SlotTemplate } from "../domain/slot-template.js";
import type { TimeSpan } from "../domain/time-span.js";
import { slotAreaOf } from "../domain/zone.js";
import { publishRevisions } from "../events/shipment-change.js";
import type { DeliveryTransaction } from "../store/database.js";
import { confirm } from "../store/reservations.js";
import { insertReports } from "../store/shipment-reports.js";
import { type Address, insertShipment, type ShipmentItem, type StoredShipment } from "../store/shipments.js";
import { placeInSlot } from "./place-in-slot.js";

/** What is to be shipped. */
export interface ShipmentOrder {
  readonly caller: string;
  readonly idempotencyKey: string;
  readonly orderId: string;
  readonly customerId: string | undefined;
  readonly quote: Quote;
  readonly level: ServiceLevel;
  /** Of level SLOT only, otherwise empty. */
  readonly reservationKey: string;
  readonly address: Address;
  readonly items: readonly ShipmentItem[];
  /** The names that the new shipment gets. */
  readonly shipmentId: string;
  readonly trackingNumber: string;
  readonly nowMs: number;
}

export interface CreatedShipment {
  readonly shipment: StoredShipment;
  readonly slotMoved: boolean;
}

/** Creates a shipment, makes its slot final, books it with the carrier and tells those who follow; the caller sees to it that this happens once. */
export async function createShipment(
  tx: DeliveryTransaction,
  { carrier, template }: { readonly carrier: Carrier; readonly template: SlotTemplate },
  order: ShipmentOrder,
): Promise<CreatedShipment> {
  const { shipmentId, nowMs } = order;
  const quoted = promiseOf(order);
  const reservationKey = { caller: order.caller, key: order.reservationKey };
  const search = { template, area: slotAreaOf(order.quote.destination), nowMs };
  const placement = order.level === "SLOT" ? await placeInSlot(tx, reservationKey, search) : undefined;
  const promise = placement?.slot.window ?? quoted;
  const shipment = shipmentOf(order, { promise, slotId: placement?.slot.slotId, carrier: carrier.name });
  await insertShipment(tx, shipment, { caller: order.caller, key: order.idempotencyKey });
  if (placement) await confirm(tx, reservationKey, shipmentId);
  const reported: Report = { reportId: "created", state: "CREATED", occurredAtMs: nowMs, location: "" };
  const revision = { shipmentId, revision: shipment.revision, report: reported };
  await insertReports(tx, [revision], { carrier: undefined, nowMs });
  await carrier.book(tx, { shipmentId, trackingNumber: shipment.trackingNumber, bookedAtMs: nowMs, promise });
  await publishRevisions(tx, [{ shipment, previousState: undefined, reported, recordedAtMs: nowMs }]);
  return { shipment, slotMoved: placement?.moved ?? false };
}

function promiseOf({ quote, level, address }: ShipmentOrder): TimeSpan {
  const option = quote.options.find((candidate) => candidate.level === level);
  const destination = normaliseDestination(address.countryCode, address.postalCode);
  if (!option || !sameDestination(destination, quote.destination)) {
    throw deliveryError(DeliveryError.QUOTE_MISMATCH);
  }
  return option.promise;
}

function shipmentOf(
  order: ShipmentOrder,
  given: Pick<StoredShipment, "promise" | "slotId" | "carrier">,
): StoredShipment {
  const { shipmentId, orderId, customerId, trackingNumber, level, address, items, nowMs } = order;
  return {
    shipmentId,
    orderId,
    customerId,
    trackingNumber,
    state: "CREATED",
    level,
    address,
    items,
    revision: 1,
    createdAtMs: nowMs,
    ...given,
  };
}
