import { describe, expect, it } from "@jest/globals";
import { normaliseDestination, postalCodeIsPossible } from "./destination.js";
import type { PackItem } from "./packing.js";
import { quote, quoteLifeMs } from "./quote.js";
import { defaultSlotTemplate } from "./slot-template.js";
import { slotAreaOf, zoneOf } from "./zone.js";

const wednesdayNoon = Date.UTC(2010, 11, 1, 12);
const iso = (span: { startsAtMs: number; endsAtMs: number } | undefined) =>
  span && [new Date(span.startsAtMs).toISOString(), new Date(span.endsAtMs).toISOString()];

function quoteFor(
  country: string,
  postalCode: string,
  weightGrams: number,
  nowMs = wednesdayNoon,
  quantity = 1,
) {
  const item: PackItem = { quantity, weightGrams, lengthMm: 0, widthMm: 0, heightMm: 0 };
  return quote(defaultSlotTemplate, normaliseDestination(country, postalCode), [item], nowMs);
}

function quoted(...request: Parameters<typeof quoteFor>) {
  const outcome = quoteFor(...request);
  if (outcome.kind !== "quoted") throw new Error(`expected a quote, got ${outcome.kind}`);
  return outcome.quote;
}

describe("quote", () => {
  it("offers every level of the zone, the cheapest first", () => {
    const { options, currencyCode, expiresAtMs } = quoted("GB", "sw1a 1aa", 900);
    expect(options.map(({ level, priceMinor }) => [level, priceMinor])).toEqual([
      ["STANDARD", 295n],
      ["SLOT", 495n],
      ["EXPRESS", 595n],
    ]);
    expect(currencyCode).toBe("GBP");
    expect(expiresAtMs).toBe(wednesdayNoon + quoteLifeMs);
  });

  it.each([
    [1_000, 295n],
    [1_001, 345n],
    [5_000, 495n],
    [30_000, 1_295n],
  ])("prices %d g by its weight step", (grams, price) => {
    expect(quoted("GB", "M1 1AE", grams).options[0]?.priceMinor).toBe(price);
  });

  it("prices full parcels and what remains apart", () => {
    const { options, parcels } = quoted("GB", "M1 1AE", 15_500, wednesdayNoon, 4);
    expect(parcels).toBe(3n); // 62 kg = 30 + 30 + 2
    expect(options[0]?.priceMinor).toBe(1_295n + 1_295n + 345n);
  });

  it("promises working days after the day of dispatch", () => {
    const promise = quoted("GB", "M1 1AE", 500).options[0]?.promise;
    expect(iso(promise)).toEqual(["2010-12-03T08:00:00.000Z", "2010-12-06T18:00:00.000Z"]);
  });

  it("dispatches on the next working day after the cut-off", () => {
    const fridayAfternoon = Date.UTC(2010, 11, 3, 15);
    const express = quoted("GB", "M1 1AE", 500, fridayAfternoon).options.find(
      ({ level }) => level === "EXPRESS",
    );
    expect(iso(express?.promise)).toEqual(["2010-12-07T08:00:00.000Z", "2010-12-07T18:00:00.000Z"]);
  });

  it("promises for slots the span of all that can be booked", () => {
    const slot = quoted("GB", "M1 1AE", 500).options.find(({ level }) => level === "SLOT");
    expect(iso(slot?.promise)).toEqual(["2010-12-02T08:00:00.000Z", "2010-12-15T12:00:00.000Z"]);
  });

  it("refuses where nobody delivers, and what fits no parcel", () => {
    expect(quoteFor("AQ", "", 500)).toEqual({ kind: "not_served" });
    expect(quoteFor("GB", "M1 1AE", 30_001)).toEqual({ kind: "item_too_large", index: 0 });
  });
});

describe("destination", () => {
  it.each([
    ["GB", "SW1A 1AA", "MAINLAND", "gb-sw"],
    ["GB", "bt1 5gs", "REMOTE", undefined],
    ["GB", "G1", "MAINLAND", "gb-g"],
    ["FR", "75001", "EUROPE_NEAR", undefined],
    ["CY", "", "EUROPE_FAR", undefined],
    ["JP", "100-0001", "WORLD", undefined],
    ["XX", "", undefined, undefined],
  ])("%s %s lies in zone %s, slots of %s", (country, postalCode, zone, area) => {
    const destination = normaliseDestination(country, postalCode);
    expect(zoneOf(destination)).toBe(zone);
    expect(slotAreaOf(destination)).toBe(area);
  });

  it.each([
    ["GB", "SW1A 1AA", true],
    ["GB", "EC1", true],
    ["GB", "", false],
    ["GB", "75001", false],
    ["FR", "", true],
  ])("%s %j is possible: %s", (country, postalCode, possible) => {
    expect(postalCodeIsPossible(normaliseDestination(country, postalCode))).toBe(possible);
  });
});
