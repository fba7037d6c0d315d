/** The names of the steps. They are stored and sent, so they never change. */
export const STEP = {
  holdStock: "hold-stock",
  reserveRedemption: "reserve-redemption",
  reserveSlot: "reserve-slot",
  authorizePayment: "authorize-payment",
  confirmOrder: "confirm-order",
  commitRedemption: "commit-redemption",
  createShipment: "create-shipment",
  capturePayment: "capture-payment",
  emptyCart: "empty-cart",
} as const;

/** The checkout of an order has the order's id, so that either is found from the other. */
export function checkoutId(orderId: string): string {
  return orderId;
}

/** The cancellation of a confirmed order. */
export function cancellationId(orderId: string): string {
  return `${orderId}:cancellation`;
}

/** The key that names the authorization of an order's payment with the provider. */
export function authorizationKeyOf(orderId: string): string {
  return stepKey(orderId, STEP.authorizePayment);
}

/** The key under which callees keep a step's effect: repeated, it has no second effect. */
export function stepKey(orderId: string, step: (typeof STEP)[keyof typeof STEP], part?: string): string {
  const key = `${checkoutId(orderId)}:${step}`;
  return part === undefined ? key : `${key}:${part}`;
}
