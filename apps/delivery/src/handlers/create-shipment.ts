import type { MessageInitShape } from "@bufbuild/protobuf";
import { inTransaction, whenCommitted } from "@charter/postgres";
import { type Call, callerName } from "@charter/server";
import type {
  CreateShipmentRequest,
  CreateShipmentResponseSchema,
} from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { v7 as uuidv7 } from "uuid";
import { DeliveryError, deliveryError } from "../delivery-error.js";
import { fromProtoLevel } from "../messages/service-level.js";
import { toProtoWindow } from "../messages/window.js";
import { createShipment, type ShipmentOrder } from "../shipments/create-shipment.js";
import { newTrackingNumber } from "../shipments/tracking-number.js";
import type { DeliveryTransaction } from "../store/database.js";
import type { Address } from "../store/shipments.js";
import type { DeliveryDeps } from "./delivery-deps.js";

/** Books a shipment: shipment, slot, booking and event are one transaction. */
export function createShipmentHandler(deps: DeliveryDeps) {
  const { db, clock, tail, onBooked } = deps;
  return async (
    request: CreateShipmentRequest,
    call: Call,
  ): Promise<MessageInitShape<typeof CreateShipmentResponseSchema>> => {
    const order = orderOf(deps, request, callerName(call));
    const { deadline, signal } = call;
    const book = (tx: DeliveryTransaction) => createShipment(tx, deps, order);
    const { shipment, slotMoved } = await inTransaction(db, book, { deadline, signal, clock });
    whenCommitted(db, () => {
      onBooked();
      tail.nudge();
    });
    const { shipmentId, trackingNumber, promise } = shipment;
    return { shipmentId, trackingNumber, promise: toProtoWindow(promise), slotMoved };
  };
}

function orderOf(
  { seal, clock }: DeliveryDeps,
  request: CreateShipmentRequest,
  caller: string,
): ShipmentOrder {
  const quote = seal.open(request.quoteId);
  if (!quote) throw deliveryError(DeliveryError.QUOTE_INVALID);
  const nowMs = clock.nowMs();
  return {
    caller,
    idempotencyKey: request.idempotencyKey,
    orderId: request.orderId,
    customerId: request.customerId || undefined,
    quote,
    level: fromProtoLevel(request.serviceLevel),
    reservationKey: request.reservationKey,
    address: addressOf(request),
    items: request.items.map(({ sku, quantity }) => ({ sku, quantity })),
    shipmentId: uuidv7({ msecs: nowMs }),
    trackingNumber: newTrackingNumber(),
    nowMs,
  };
}

function addressOf({ address }: CreateShipmentRequest): Address {
  if (!address) throw new Error("validation let a shipment without an address through");
  const { recipient, lines, city, region, postalCode, countryCode } = address;
  return { recipient, lines, city, region, postalCode, countryCode };
}
