import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { z } from "zod";
import type { Quote } from "../domain/quote.js";

/** Puts a quote into its own id, and takes it out again. */
export interface QuoteSeal {
  /** An id that carries the quote; below 1,024 characters. */
  seal(quote: Quote): string;
  /** The quote that the id carries, or undefined when it is not one that was sealed under this key. */
  open(quoteId: string): Quote | undefined;
}

/** Bytes of a key. */
export const sealKeyBytes = 32;

const algorithm = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;
/** Part of what is authenticated, so that an id of another layout is refused rather than misread. */
const layout = Buffer.from("delivery quote 1");

const time = z.int();
const sealed = z.object({
  to: z.tuple([z.string(), z.string()]),
  grams: z.string(),
  parcels: z.string(),
  currency: z.string(),
  until: time,
  options: z.array(z.tuple([z.enum(["STANDARD", "EXPRESS", "SLOT"]), z.string(), time, time])),
});

/**
 * Seals with AES-256-GCM (NIST SP 800-38D) under a random nonce: nobody without the key can read, alter or make an id. One key is
 * good for 2³² ids.
 */
export function quoteSeal(key: Uint8Array): QuoteSeal {
  return {
    seal(quote) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(layout);
      const text = Buffer.concat([cipher.update(encode(quote), "utf8"), cipher.final()]);
      return Buffer.concat([nonce, text, cipher.getAuthTag()]).toString("base64url");
    },
    open(quoteId) {
      const text = decrypt(key, Buffer.from(quoteId, "base64url"));
      return text === undefined ? undefined : decode(text);
    },
  };
}

function decrypt(key: Uint8Array, bytes: Buffer): string | undefined {
  if (bytes.length <= nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(layout).setAuthTag(bytes.subarray(-tagBytes));
  const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
  try {
    return Buffer.concat([text, decipher.final()]).toString("utf8");
  } catch {
    // The one thing `final` throws for is a tag that does not fit: the id is not ours.
    return undefined;
  }
}

function encode(quote: Quote): string {
  const content: z.input<typeof sealed> = {
    to: [quote.destination.countryCode, quote.destination.postalCode],
    grams: String(quote.billableGrams),
    parcels: String(quote.parcels),
    currency: quote.currencyCode,
    until: quote.expiresAtMs,
    options: quote.options.map((option) => [
      option.level,
      String(option.priceMinor),
      option.promise.startsAtMs,
      option.promise.endsAtMs,
    ]),
  };
  return JSON.stringify(content);
}

function decode(text: string): Quote {
  const content = sealed.parse(JSON.parse(text));
  const [countryCode, postalCode] = content.to;
  return {
    destination: { countryCode, postalCode },
    billableGrams: BigInt(content.grams),
    parcels: BigInt(content.parcels),
    currencyCode: content.currency,
    expiresAtMs: content.until,
    options: content.options.map(([level, price, startsAtMs, endsAtMs]) => ({
      level,
      priceMinor: BigInt(price),
      promise: { startsAtMs, endsAtMs },
    })),
  };
}
