import type { ShipmentStage } from "./order-fulfilment.js";
import type { OrderState } from "./order-state.js";
import type { OrderLineAmounts, OrderTotals } from "./order-totals.js";
import type { PaymentState } from "./payment-state.js";

/** One product of an order, frozen. */
export interface OrderLine extends OrderLineAmounts {
  /** Starts at 1 for what was ordered here; as the source numbers it for an import. */
  readonly lineNumber: number;
  readonly sku: string;
  readonly name: string;
  readonly taxCategory: "STANDARD" | "REDUCED" | "ZERO";
  readonly taxBasisPoints: number;
}

/** One discount that was taken off, and why. */
export interface OrderAdjustment {
  readonly campaignId: string;
  /** Empty for an automatic discount. */
  readonly code: string;
  readonly explanation: string;
  /** All shares together. */
  readonly amountMinor: bigint;
  readonly lineShares: readonly { readonly lineNumber: number; readonly amountMinor: bigint }[];
  readonly shippingShareMinor: bigint;
}

/** What an order costs, frozen. */
export interface OrderPrice extends OrderTotals {
  readonly currencyCode: string;
  readonly lines: readonly OrderLine[];
  readonly adjustments: readonly OrderAdjustment[];
  readonly shippingDiscountMinor: bigint;
  readonly shippingTaxMinor: bigint;
  readonly shippingTaxBasisPoints: number;
}

/** Where an order goes. */
export interface OrderAddress {
  readonly recipient: string;
  readonly lines: readonly string[];
  readonly city: string;
  readonly region: string;
  readonly postalCode: string;
  readonly countryCode: string;
}

/** How an order is delivered. */
export interface OrderDelivery {
  /** Names the delivery service's quote, from which slot and shipment are made. */
  readonly quoteId: string;
  readonly serviceLevel: "STANDARD" | "EXPRESS" | "SLOT";
  /** Empty unless the service level is SLOT. */
  readonly slotId: string;
  /** When it arrives, in milliseconds since the Unix epoch. */
  readonly promise: { readonly startsAtMs: number; readonly endsAtMs: number };
}

/** What can be read in an order's history. */
export type OrderEventName =
  | "PLACED"
  | "IMPORTED"
  | "PAYMENT_AUTHORIZED"
  | "CONFIRMED"
  | "SHIPMENT_CREATED"
  | "PAYMENT_CAPTURED"
  | "SHIPPED"
  | "DELIVERED"
  | "DELIVERY_FAILED"
  | "CANCELLED"
  | "FAILED"
  | "RETURNED"
  | "REFUNDED"
  | "SHIPMENT_CANCELLED"
  | "PAYMENT_VOIDED";

/** Who made something happen. */
export interface OrderActor {
  readonly kind: "CUSTOMER" | "OPERATOR" | "SYSTEM" | "CARRIER";
  readonly userId?: string;
}

/** The shop's own machinery. */
export const SYSTEM: OrderActor = { kind: "SYSTEM" };

/** One thing that happened to an order. */
export interface OrderHistoryEntry {
  readonly sequence: number;
  readonly event: OrderEventName;
  readonly state: OrderState;
  readonly occurredAt: Date;
  readonly actor: OrderActor;
  readonly note: string;
}

/** What was paid for an order. */
export interface OrderPayment {
  readonly state: PaymentState;
  readonly authorizationKey: string;
  readonly authorizedMinor: bigint;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
}

/** One parcel of an order. */
export interface OrderShipment {
  readonly shipmentId: string;
  readonly trackingNumber: string;
  readonly stage: ShipmentStage;
  readonly lines: readonly { readonly lineNumber: number; readonly quantity: number }[];
  readonly updatedAt: Date;
}

/** Why an order failed. */
export type OrderFailureReason =
  | "DISCOUNT_REFUSED"
  | "DELIVERY_REFUSED"
  | "PAYMENT_DECLINED"
  | "PAYMENT_METHOD_INVALID"
  | "EXPIRED"
  | "UNAVAILABLE";

/** Why an order failed, in a form that the shopper can read. */
export interface OrderFailure {
  readonly reason: OrderFailureReason;
  readonly explanation: string;
}

/** An order with everything that is known of it. */
export interface Order {
  readonly id: string;
  readonly userId?: string;
  readonly externalRef: string;
  readonly customerExternalRef: string;
  readonly state: OrderState;
  readonly countryCode: string;
  readonly price: OrderPrice;
  readonly shipTo?: OrderAddress;
  readonly delivery?: OrderDelivery;
  readonly payment?: OrderPayment;
  readonly shipments: readonly OrderShipment[];
  readonly history: readonly OrderHistoryEntry[];
  readonly failure?: OrderFailure;
  readonly placedAt: Date;
  readonly updatedAt: Date;
}
