import { describe, expect, it } from "@jest/globals";
import { availableOf, findShortage, linesBySku } from "./stock.js";

const level = (sku: string, onHand: bigint, reserved = 0n) => ({ sku, onHand, reserved });

describe("stock", () => {
  it("is available as far as it is not reserved", () => {
    expect(availableOf(level("a", 10n, 3n))).toBe(7n);
  });

  it("sums lines of one product and orders them by SKU", () => {
    const lines = [
      { sku: "b", quantity: 1n },
      { sku: "a", quantity: 2n },
      { sku: "b", quantity: 3n },
    ];
    expect(linesBySku(lines)).toEqual([
      { sku: "a", quantity: 2n },
      { sku: "b", quantity: 4n },
    ]);
  });

  it("orders SKUs by code unit, capitals first", () => {
    const skus = linesBySku(["m", "a", "M", "10"].map((sku) => ({ sku, quantity: 1n })));
    expect(skus.map(({ sku }) => sku)).toEqual(["10", "M", "a", "m"]);
  });

  it.each([
    ["all there is", [level("a", 10n, 3n)], 7n, undefined],
    ["one more than there is", [level("a", 10n, 3n)], 8n, { sku: "a", wanted: 8n, available: 7n }],
    ["an unknown product", [], 1n, { sku: "a", wanted: 1n, available: 0n }],
  ])("answers whether it can serve %s", (_, levels, quantity, shortage) => {
    expect(findShortage(levels, [{ sku: "a", quantity }])).toEqual(shortage);
  });
});
