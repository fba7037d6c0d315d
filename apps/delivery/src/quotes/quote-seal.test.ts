import { randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import type { Quote } from "../domain/quote.js";
import { quoteSeal, sealKeyBytes } from "./quote-seal.js";

const span = { startsAtMs: 1_291_276_800_000, endsAtMs: 1_291_312_800_000 };
const quote: Quote = {
  destination: { countryCode: "GB", postalCode: "SW1A1AA" },
  billableGrams: 2_994_425_820_000n,
  parcels: 99_814_194n,
  currencyCode: "GBP",
  expiresAtMs: 1_291_206_600_000,
  options: [
    { level: "STANDARD", priceMinor: 129_259_381_230n, promise: span },
    { level: "SLOT", priceMinor: 149_221_220_000n, promise: span },
    { level: "EXPRESS", priceMinor: 219_092_155_830n, promise: span },
  ],
};
const seal = quoteSeal(randomBytes(sealKeyBytes));

describe("a sealed quote", () => {
  it("comes out as it went in, within the bound of an id", () => {
    const id = seal.seal(quote);
    expect(seal.open(id)).toEqual(quote);
    expect(id.length).toBeLessThan(1_024);
  });

  it("cannot be read from its id", () => {
    expect(Buffer.from(seal.seal(quote), "base64url").toString("latin1")).not.toContain("SW1A");
  });

  it("is refused when one bit of it differs", () => {
    const bytes = Buffer.from(seal.seal(quote), "base64url");
    for (let index = 0; index < bytes.length; index += 1) {
      const altered = Buffer.from(bytes);
      altered[index] = (altered[index] ?? 0) ^ 1;
      expect(seal.open(altered.toString("base64url"))).toBeUndefined();
    }
  });

  it.each(["", "x", "not base64 at all!", "A".repeat(1_024)])("is not found in %j", (id) => {
    expect(seal.open(id)).toBeUndefined();
  });

  it("is refused under another key", () => {
    expect(quoteSeal(randomBytes(sealKeyBytes)).open(seal.seal(quote))).toBeUndefined();
  });
});
