import { describe, expect, it } from "@jest/globals";
import { declare, observe, type ProductRecord, type ProductSpec } from "./product.js";

const spec: ProductSpec = {
  sku: "85123A",
  name: "WHITE HANGING HEART T-LIGHT HOLDER",
  description: "",
  currencyCode: "GBP",
  priceMinor: 255n,
  collections: ["home-decor"],
  weightGrams: 200,
  taxCategory: "STANDARD",
  state: "ACTIVE",
};
const day = (date: number) => new Date(Date.UTC(2010, 11, date));
const known: ProductRecord = { ...spec, revision: 3n, observedAt: day(10) };
const dearer = { ...spec, priceMinor: 295n };

describe("observe", () => {
  it("creates what is not known", () => {
    expect(observe(undefined, spec, day(1))).toEqual({
      kind: "created",
      record: { ...spec, revision: 1n, observedAt: day(1) },
    });
  });

  it("changes a product when it saw something newer", () => {
    expect(observe(known, dearer, day(11))).toEqual({
      kind: "updated",
      record: { ...dearer, revision: 4n, observedAt: day(11) },
    });
  });

  it.each([
    ["older", day(9)],
    ["as old", day(10)],
  ])("changes nothing when what it saw is %s", (_, observedAt) => {
    expect(observe(known, dearer, observedAt)).toEqual({ kind: "unchanged" });
  });

  it("remembers that the same was seen more recently", () => {
    expect(observe(known, spec, day(11))).toEqual({
      kind: "unchanged",
      record: { ...known, observedAt: day(11) },
    });
  });

  it("does not let a price change its currency", () => {
    expect(observe(known, { ...spec, currencyCode: "EUR" }, day(11))).toEqual({ kind: "currency_changed" });
  });
});

describe("declare", () => {
  it("counts as the newest even when the catalogue has seen the future", () => {
    expect(declare(known, dearer, day(5))).toEqual({
      kind: "updated",
      record: { ...dearer, revision: 4n, observedAt: day(10) },
    });
  });

  it("keeps the revision when nothing is new", () => {
    expect(declare(known, spec, day(11)).record.revision).toBe(3n);
  });

  it.each([
    ["name", { name: "x" }],
    ["description", { description: "x" }],
    ["currency", { currencyCode: "EUR" }],
    ["collections", { collections: [] }],
    ["order of collections", { collections: ["a", "home-decor"] }],
    ["weight", { weightGrams: 1 }],
    ["tax category", { taxCategory: "ZERO" as const }],
    ["state", { state: "WITHDRAWN" as const }],
  ])("notices another %s", (_, change) => {
    expect(declare(known, { ...spec, ...change }, day(11)).kind).toBe("updated");
  });
});
