import { describe, expect, it } from "@jest/globals";
import { taxBasisPoints, taxOn } from "./tax.js";

describe("tax", () => {
  it.each([
    ["GB", "STANDARD", 2000],
    ["GB", "REDUCED", 500],
    ["GB", "ZERO", 0],
    ["DE", "STANDARD", 1900],
    ["DK", "REDUCED", 2500],
    ["GR", "STANDARD", 2400],
    ["JP", "STANDARD", 0],
    ["ZZ", "REDUCED", 0],
  ] as const)("in %s is, for %s goods, %i basis points", (country, category, expected) => {
    expect(taxBasisPoints(country, category)).toBe(expected);
  });

  it.each([
    [0n, 2000, 0n],
    [2n, 2000, 0n],
    [3n, 2000, 1n],
    [255n, 2000, 51n],
    [10n, 500, 1n],
    [9n, 500, 0n],
    [1_000_000_000_000n, 2000, 200_000_000_000n],
  ])("on %i at %i basis points rounds half up to %i", (amount, basisPoints, expected) => {
    expect(taxOn(amount, basisPoints)).toBe(expected);
  });
});
