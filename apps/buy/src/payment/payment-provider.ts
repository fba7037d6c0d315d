/** An amount in whole minor units of an ISO 4217 currency. */
export interface PaymentAmount {
  readonly currencyCode: string;
  readonly minor: bigint;
}

/**
 * What became of an operation. `unknown` is an answer of its own: the provider may or may not have acted. Nobody may decide
 * anything on it; `query` with the same key says what happened.
 */
export type PaymentOutcome =
  | { readonly kind: "approved" }
  | { readonly kind: "declined"; readonly reason: string }
  | { readonly kind: "unknown" };

/** What `query` finds: the outcome, or that the provider has not seen the key (it may still arrive later). */
export type PaymentQueryOutcome = PaymentOutcome | { readonly kind: "absent" };

/** Sets an amount aside with the shopper's bank. */
export interface AuthorizeRequest {
  /** Names the authorization for good; capture, void and refund refer to it. */
  readonly key: string;
  readonly amount: PaymentAmount;
  /** The token for the shopper's means of payment, e.g. "pm_ok". */
  readonly methodToken: string;
  /** Shown on the shopper's statement; the order's id. */
  readonly reference: string;
}

/** Takes or gives back part of an authorization. */
export interface SettleRequest {
  readonly key: string;
  readonly authorizationKey: string;
  readonly amount: PaymentAmount;
}

/** Gives up what an authorization still holds. */
export interface VoidRequest {
  readonly key: string;
  readonly authorizationKey: string;
}

/**
 * Takes money. Every operation is idempotent by its key: repeated, it answers as the first time and has no further
 * effect; with other contents under the same key it rejects with PaymentKeyReusedError. A rejection other than that means the
 * same as `unknown`.
 */
export interface PaymentProvider {
  authorize(request: AuthorizeRequest): Promise<PaymentOutcome>;
  /** Takes up to what the authorization still holds; more is declined with AMOUNT_TOO_LARGE. */
  capture(request: SettleRequest): Promise<PaymentOutcome>;
  /**
   * Gives up what is still held; nothing held is approved too. For an authorization that the provider has not seen it
   * leaves a tombstone: should the authorization arrive afterwards it is declined with VOIDED.
   */
  void(request: VoidRequest): Promise<PaymentOutcome>;
  /** Gives back up to what was captured and not yet refunded; more is declined with AMOUNT_TOO_LARGE. */
  refund(request: SettleRequest): Promise<PaymentOutcome>;
  /** What became of the operation with this key. Has no effect. */
  query(key: string): Promise<PaymentQueryOutcome>;
}

/** A key was used again for something else. A mistake of the caller; repeating does not help. */
export class PaymentKeyReusedError extends Error {
  constructor(key: string) {
    super(`the payment key ${key} was used before for another operation`);
    this.name = "PaymentKeyReusedError";
  }
}

/** What became of an operation is not known yet. Trying again, which begins with a query, finds out. */
export class PaymentOutcomeUnknown extends Error {
  constructor(operation: string) {
    super(`the payment provider did not say what became of "${operation}"`);
    this.name = "PaymentOutcomeUnknown";
  }
}
