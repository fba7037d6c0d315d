import { describe, expect, it } from "@jest/globals";
import { checkTotals, sumOrder } from "./order-totals.js";

const line = (quantity: number, unitPriceMinor: bigint, discountMinor = 0n, taxMinor = 0n) => ({
  quantity,
  unitPriceMinor,
  discountMinor,
  taxMinor,
});
const SHIPPING = { shippingMinor: 499n, shippingDiscountMinor: 99n, shippingTaxMinor: 80n };

describe("sumOrder", () => {
  it("adds lines, shipping and tax and takes the discounts off", () => {
    expect(sumOrder([line(2, 1_000n, 200n, 360n), line(1, 50n, 0n, 10n)], SHIPPING)).toEqual({
      itemsMinor: 2_050n,
      discountMinor: 299n,
      shippingMinor: 499n,
      taxMinor: 450n,
      totalMinor: 2_700n,
    });
  });

  it("is exact where floating point is not", () => {
    const totals = sumOrder([line(3, 9_007_199_254_740_993n)], {
      shippingMinor: 0n,
      shippingDiscountMinor: 0n,
      shippingTaxMinor: 0n,
    });
    expect(totals.totalMinor).toBe(27_021_597_764_222_979n);
  });

  it("is the shipping alone where there is nothing else", () => {
    expect(sumOrder([], SHIPPING).totalMinor).toBe(480n);
  });
});

describe("checkTotals", () => {
  it("takes exactly what adds up", () => {
    const lines = [line(2, 1_000n, 200n, 360n)];
    const totals = sumOrder(lines, SHIPPING);
    expect(() => checkTotals(totals, lines, SHIPPING)).not.toThrow();
    const off = { ...totals, totalMinor: totals.totalMinor + 1n };
    expect(() => checkTotals(off, lines, SHIPPING)).toThrow("totalMinor");
  });
});
