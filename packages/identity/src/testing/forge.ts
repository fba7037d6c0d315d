import { createPrivateKey, sign } from "node:crypto";
import type { SigningKey } from "../signing-key.js";

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");

/** A token with whatever header and claims a forger likes, signed by EdDSA. Undefined entries are left out. */
export function forge(header: object, claims: unknown, key: SigningKey): string {
  const input = `${encode(header)}.${encode(claims)}`;
  const privateKey = createPrivateKey({ key: { ...key.privateJwk }, format: "jwk" });
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString("base64url")}`;
}

/** `token` with its header replaced and its signature kept. */
export function withHeader(token: string, header: object): string {
  const [, claims, signature] = token.split(".");
  return `${encode(header)}.${claims}.${signature}`;
}

/** `token` with its claims replaced and its signature kept. */
export function withClaims(token: string, claims: object): string {
  const [header, , signature] = token.split(".");
  return `${header}.${encode(claims)}.${signature}`;
}
