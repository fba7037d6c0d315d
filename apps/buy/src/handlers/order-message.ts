import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate, timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  ActorKind,
  type DeliveryChoiceSchema,
  OrderEvent,
  OrderFailureReason,
  type OrderHistoryEntrySchema,
  type OrderSchema,
  OrderState,
  PaymentState,
  type PaymentSummarySchema,
  ShipmentProgress,
  type ShipmentSummarySchema,
} from "@shop/contract/shop/buy/v1/order_pb.js";
import { ServiceLevel } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import type {
  Order,
  OrderDelivery,
  OrderHistoryEntry,
  OrderPayment,
  OrderShipment,
} from "../domain/order.js";
import type { ShipmentStage } from "../domain/order-fulfilment.js";
import type { PaymentState as DomainPaymentState } from "../domain/payment-state.js";
import { orderPriceMessage } from "./order-price-message.js";

type OrderMessage = MessageInitShape<typeof OrderSchema>;

/** An order as the contract says it. */
export function orderMessage(order: Order): OrderMessage {
  return {
    orderId: order.id,
    customerId: order.userId ?? "",
    externalRef: order.externalRef,
    customerExternalRef: order.customerExternalRef,
    state: OrderState[order.state],
    countryCode: order.countryCode,
    price: orderPriceMessage(order.price),
    ...(order.shipTo ? { shipTo: { ...order.shipTo, lines: [...order.shipTo.lines] } } : {}),
    ...(order.delivery ? { delivery: deliveryMessage(order.delivery) } : {}),
    payment: paymentMessage(order.payment, order.price.currencyCode),
    shipments: order.shipments.map(shipmentMessage),
    history: order.history.map(historyMessage),
    ...(order.failure
      ? {
          failure: {
            reason: OrderFailureReason[order.failure.reason],
            explanation: order.failure.explanation,
          },
        }
      : {}),
    placeTime: timestampFromDate(order.placedAt),
    updateTime: timestampFromDate(order.updatedAt),
  };
}

/** The order as it stood after one entry of its history; payment and parcels are those of now. */
export function orderMessageAfter(order: Order, entry: OrderHistoryEntry): OrderMessage {
  const { failure, ...rest } = order;
  return orderMessage({
    ...rest,
    ...(entry.state === "FAILED" && failure ? { failure } : {}),
    state: entry.state,
    history: order.history.filter(({ sequence }) => sequence <= entry.sequence),
    updatedAt: entry.occurredAt,
  });
}

function deliveryMessage({
  serviceLevel,
  slotId,
  promise,
}: OrderDelivery): MessageInitShape<typeof DeliveryChoiceSchema> {
  return {
    serviceLevel: ServiceLevel[serviceLevel],
    slotId,
    promise: { startTime: timestampFromMs(promise.startsAtMs), endTime: timestampFromMs(promise.endsAtMs) },
  };
}

/** One entry of a history as the contract says it. */
export function historyMessage(entry: OrderHistoryEntry): MessageInitShape<typeof OrderHistoryEntrySchema> {
  return {
    sequence: entry.sequence,
    event: OrderEvent[entry.event],
    state: OrderState[entry.state],
    occurTime: timestampFromDate(entry.occurredAt),
    actor: { kind: ActorKind[entry.actor.kind], userId: entry.actor.userId ?? "" },
    note: entry.note,
  };
}

const PAYMENT_STATES: Readonly<Record<DomainPaymentState, PaymentState>> = {
  NONE: PaymentState.NONE,
  AUTHORIZATION_UNKNOWN: PaymentState.UNKNOWN,
  AUTHORIZED: PaymentState.AUTHORIZED,
  DECLINED: PaymentState.DECLINED,
  CAPTURED: PaymentState.CAPTURED,
  VOIDED: PaymentState.VOIDED,
  REFUNDED: PaymentState.REFUNDED,
};

function paymentMessage(
  payment: OrderPayment | undefined,
  currencyCode: string,
): MessageInitShape<typeof PaymentSummarySchema> {
  const money = (minor: bigint) => ({ currencyCode, minor });
  return {
    state: PAYMENT_STATES[payment?.state ?? "NONE"],
    authorized: money(payment?.authorizedMinor ?? 0n),
    captured: money(payment?.capturedMinor ?? 0n),
    refunded: money(payment?.refundedMinor ?? 0n),
  };
}

const PROGRESS: Readonly<Record<ShipmentStage, ShipmentProgress>> = {
  PACKING: ShipmentProgress.CREATED,
  UNDER_WAY: ShipmentProgress.IN_TRANSIT,
  DELIVERED: ShipmentProgress.DELIVERED,
  RETURNED: ShipmentProgress.FAILED,
  LOST: ShipmentProgress.FAILED,
  CANCELLED: ShipmentProgress.CANCELLED,
};

function shipmentMessage(shipment: OrderShipment): MessageInitShape<typeof ShipmentSummarySchema> {
  return {
    shipmentId: shipment.shipmentId,
    trackingNumber: shipment.trackingNumber,
    progress: PROGRESS[shipment.stage],
    lines: shipment.lines.map(({ lineNumber, quantity }) => ({ lineNumber, quantity: BigInt(quantity) })),
    updateTime: timestampFromDate(shipment.updatedAt),
  };
}
