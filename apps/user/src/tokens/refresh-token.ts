import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";

/** Lets scanners of logs and repositories know a leaked one when they see it. */
const prefix = "shop_rt_";
const tokenBytes = 32;
const cipher = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

/** A new refresh token: 256 random bits. */
export function newRefreshToken(): string {
  return prefix + randomBytes(tokenBytes).toString("base64url");
}

/** What is stored of a token. A fast hash will do, for 256 random bits cannot be guessed. */
export function hashRefreshToken(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}

/**
 * Encrypts a token under the one that it replaces, so that whoever shows that one can be given the same successor
 * again, while the database alone gives away neither.
 */
export function sealSuccessor(parent: string, successor: string): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  const encrypt = createCipheriv(cipher, keyOf(parent), nonce);
  const sealed = Buffer.concat([encrypt.update(successor, "utf8"), encrypt.final()]);
  return Buffer.concat([nonce, encrypt.getAuthTag(), sealed]);
}

/** The successor that was sealed under `parent`. Throws when it was sealed under another token. */
export function openSuccessor(parent: string, sealed: Uint8Array): string {
  const decrypt = createDecipheriv(cipher, keyOf(parent), sealed.subarray(0, nonceBytes));
  decrypt.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
  const body = sealed.subarray(nonceBytes + tagBytes);
  return Buffer.concat([decrypt.update(body), decrypt.final()]).toString("utf8");
}

function keyOf(parent: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", parent, "", "shop.user refresh successor", 32));
}
