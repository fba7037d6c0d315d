import type { ContractError } from "../errors/contract-error.js";

/** Which answer it is. */
export interface IdempotencyKey {
  /** The procedure and who calls it, e.g. "/shop.delivery.v1.DeliveryService/CreateShipment service:buy": keys of different scopes never meet. */
  readonly scope: string;
  /** What the caller put in the request's `key_field`. */
  readonly key: string;
  /** What of the request is compared; equal exactly for requests that may pass for one. */
  readonly fingerprint: Uint8Array;
  /** How long the answer counts, from the moment it was given. */
  readonly retentionMs: number;
}

/**
 * Keeps the first answer to each key. `createAnswerStore` of @charter/postgres is one that commits the answer together with what the
 * handler did. Every implementation passes `idempotencyStoreContract` of @charter/testing.
 */
export interface IdempotencyStore {
  /**
   * Has the effect of `execute` at most once per scope and key within the retention and gives every later call the first answer, byte for
   * byte. Duplicates that come while the first is running wait for it, at the latest before they would have an effect; when it fails,
   * the key is free again. `execute` may run anew where the store undid what it did.
   *
   * @throws an error named "KeyReusedError" when the key came with another fingerprint before
   */
  run(
    key: IdempotencyKey,
    execute: () => Promise<Uint8Array>,
  ): Promise<{ readonly answer: Uint8Array; readonly replayed: boolean }>;
}

/** How a server keeps `idempotency` of its contract, for every unary method that declares it. */
export interface IdempotencyOptions {
  readonly store: IdempotencyStore;
  /** What a key that was used for another request answers. Default: IDEMPOTENCY_KEY_REUSED of charter.v1. */
  readonly keyReused?: () => ContractError;
}
