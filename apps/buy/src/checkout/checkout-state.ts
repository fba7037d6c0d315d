/** What a checkout remembers between its steps. JSON, so moments are milliseconds since the Unix epoch. */
export interface CheckoutState {
  readonly orderId: string;
  /** When the discount service stops holding the redemption; unset where nothing is held. */
  redemptionExpiresAtMs?: number;
  /** When the delivery service stops holding the slot; unset where nothing is held. */
  slotExpiresAtMs?: number;
  /** Set in the transaction that empties the cart, so that it happens once. */
  cartEmptied?: boolean;
}
