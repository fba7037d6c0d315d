import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { inTransaction, KeyReusedError, once } from "@charter/postgres";
import { type Call, callerName } from "@charter/server";
import {
  type CreateShipmentRequest,
  CreateShipmentRequestSchema,
  type CreateShipmentResponse,
  CreateShipmentResponseSchema,
} from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { v7 as uuidv7 } from "uuid";
import { DeliveryError, deliveryError } from "../delivery-error.js";
import { fromProtoLevel } from "../messages/service-level.js";
import { toProtoWindow } from "../messages/window.js";
import { type CreatedShipment, createShipment, type ShipmentOrder } from "../shipments/create-shipment.js";
import { newTrackingNumber } from "../shipments/tracking-number.js";
import type { DeliveryTransaction } from "../store/database.js";
import type { Address } from "../store/shipments.js";
import type { DeliveryDeps } from "./delivery-deps.js";

/** Books a shipment, once per key: shipment, slot, booking, event and answer are one transaction. */
export function createShipmentHandler(deps: DeliveryDeps) {
  const { db, clock, tail, onBooked } = deps;
  return async (request: CreateShipmentRequest, call: Call): Promise<CreateShipmentResponse> => {
    const order = orderOf(deps, request, callerName(call));
    const { deadline, signal } = call;
    const bytes = await inTransaction(db, (tx) => createOnce(tx, deps, request, order), {
      deadline,
      signal,
      clock,
    });
    onBooked();
    tail.nudge();
    return fromBinary(CreateShipmentResponseSchema, bytes);
  };
}

async function createOnce(
  tx: DeliveryTransaction,
  deps: DeliveryDeps,
  request: CreateShipmentRequest,
  order: ShipmentOrder,
): Promise<Uint8Array> {
  const scope = `CreateShipment ${order.caller}`;
  const fingerprint = toBinary(CreateShipmentRequestSchema, request);
  try {
    const { answer } = await once(tx, { scope, key: order.idempotencyKey, fingerprint }, async () =>
      answerOf(await createShipment(tx, deps, order)),
    );
    return answer;
  } catch (error) {
    if (error instanceof KeyReusedError) throw deliveryError(DeliveryError.IDEMPOTENCY_KEY_REUSED);
    throw error;
  }
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

function answerOf({ shipment, slotMoved }: CreatedShipment): Uint8Array {
  return toBinary(
    CreateShipmentResponseSchema,
    create(CreateShipmentResponseSchema, {
      shipmentId: shipment.shipmentId,
      trackingNumber: shipment.trackingNumber,
      promise: toProtoWindow(shipment.promise),
      slotMoved,
    }),
  );
}
