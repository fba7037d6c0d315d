import type { CryptoKey } from "jose";
import { ed25519Thumbprint, importPublicKey, type PublicJwk } from "./signing-key.js";

/** A public key that tokens may be signed with. */
export interface VerificationKey {
  readonly kid: string;
  readonly key: CryptoKey;
  /** The one service whose tokens the key may sign; absent for keys of the user service's tokens. */
  readonly service?: string;
}

/** Where public keys are looked up. */
export interface KeySet {
  /**
   * The key of that name, or undefined when there is none.
   * @throws KeySetUnavailableError when the keys cannot be read at present.
   */
  find(kid: string): Promise<VerificationKey | undefined>;
}

/** A public key and, for a service's own key, the service it belongs to. */
export interface PublishedKey {
  readonly publicJwk: PublicJwk;
  readonly service?: string;
}

/** A key set that never changes. */
export function staticKeySet(keys: readonly PublishedKey[]): KeySet {
  let imported: Promise<Map<string, VerificationKey>> | undefined;
  return {
    async find(kid) {
      imported ??= importKeys(keys);
      return (await imported).get(kid);
    },
  };
}

/** Reads published keys into a map by `kid`. @throws TypeError when one is no Ed25519 key for signatures under its thumbprint. */
export async function importKeys(keys: readonly PublishedKey[]): Promise<Map<string, VerificationKey>> {
  const imported = await Promise.all(keys.map(importKey));
  return new Map(imported.map((key) => [key.kid, key]));
}

async function importKey({ publicJwk, service }: PublishedKey): Promise<VerificationKey> {
  const { kid, x } = publicJwk;
  // A name that is not the thumbprint could be chosen to shadow another service's key.
  if ((await ed25519Thumbprint(x)) !== kid) throw new TypeError("the kid of a key must be its thumbprint");
  const key = await importPublicKey(x);
  return service === undefined ? { kid, key } : { kid, key, service };
}

/** Whether parsed JSON is an Ed25519 public key for signatures. */
export function isPublicJwk(value: unknown): value is PublicJwk {
  if (typeof value !== "object" || value === null) return false;
  const { kty, crv, x, kid, use, alg, d } = value as Record<string, unknown>;
  return (
    kty === "OKP" &&
    crv === "Ed25519" &&
    typeof x === "string" &&
    typeof kid === "string" &&
    (use === undefined || use === "sig") &&
    (alg === undefined || alg === "EdDSA") &&
    d === undefined
  );
}
