import { randomBytes } from "node:crypto";

/** Crockford's base 32 (https://www.crockford.com/base32.html): no letter that a person could take for another. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const characters = 26;

/** A new tracking number: "CH" and 130 random bits. Who has it may see where the parcel is, so it must not be guessed. */
export function newTrackingNumber(): string {
  // 256 is a multiple of 32, so every character is equally likely.
  const symbols = Array.from(randomBytes(characters), (byte) => alphabet[byte % alphabet.length]);
  return `CH${symbols.join("")}`;
}
