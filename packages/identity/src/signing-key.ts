import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK_OKP_Private,
  type JWK_OKP_Public,
} from "jose";

/** The only signature algorithm in use: Ed25519 under its JOSE name. */
export const ALGORITHM = "EdDSA";

/** An Ed25519 public key as JSON, with `kid`, `alg` and `use`; safe to publish. */
export type PublicJwk = JWK_OKP_Public & { readonly kty: "OKP"; readonly kid: string };

/** An Ed25519 private key as JSON. Never leaves the process or a file of mode 0600. */
export type PrivateJwk = JWK_OKP_Private & { readonly kty: "OKP"; readonly kid: string };

/** An Ed25519 key pair. Its `kid` is the key's RFC 7638 thumbprint, so one name can only ever mean one key. */
export interface SigningKey {
  readonly kid: string;
  readonly privateJwk: PrivateJwk;
  readonly publicJwk: PublicJwk;
}

/** Makes a new key pair. */
export async function generateSigningKey(): Promise<SigningKey> {
  const pair = await generateKeyPair(ALGORITHM, { crv: "Ed25519", extractable: true });
  const { x, d } = await exportJWK(pair.privateKey);
  if (typeof x !== "string" || typeof d !== "string") throw new Error("Ed25519 key generation gave no key");
  const kid = await ed25519Thumbprint(x);
  const publicJwk: PublicJwk = { kty: "OKP", crv: "Ed25519", x, kid, alg: ALGORITHM, use: "sig" };
  return { kid, publicJwk, privateJwk: { ...publicJwk, d } };
}

/** The RFC 7638 thumbprint (SHA-256) of the Ed25519 public key `x`. */
export function ed25519Thumbprint(x: string): Promise<string> {
  return calculateJwkThumbprint({ kty: "OKP", crv: "Ed25519", x });
}

/** Makes a key usable for signing. */
export function importPrivateKey({ privateJwk }: SigningKey): Promise<CryptoKey> {
  return importEd25519({ kty: "OKP", crv: "Ed25519", x: privateJwk.x, d: privateJwk.d });
}

/** Makes a key usable for verifying. Only the key itself is taken from the JWK, none of its hints. */
export function importPublicKey(x: string): Promise<CryptoKey> {
  return importEd25519({ kty: "OKP", crv: "Ed25519", x });
}

async function importEd25519(jwk: JWK_OKP_Public | JWK_OKP_Private): Promise<CryptoKey> {
  const key = await importJWK(jwk, ALGORITHM);
  if (key instanceof Uint8Array) throw new TypeError("an Ed25519 key cannot be a shared secret");
  return key;
}
