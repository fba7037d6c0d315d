import { describe, expect, it } from "@jest/globals";
import { spread } from "./spread.js";

const parts = (amount: bigint, weights: Record<string, bigint>) =>
  Object.fromEntries(spread(amount, new Map(Object.entries(weights))));

describe("spread", () => {
  it("gives everyone their proportion", () => {
    expect(parts(10n, { a: 100n, b: 300n, c: 100n })).toEqual({ a: 2n, b: 6n, c: 2n });
  });

  it("gives what is left over to the largest remainders", () => {
    // Quotas 3.33, 3.33, 3.33 of 10: one unit is left, and the tie goes to the smallest key.
    expect(parts(10n, { c: 1n, b: 1n, a: 1n })).toEqual({ a: 4n, b: 3n, c: 3n });
    // Quotas 0.5, 1.75, 2.75 of 5.
    expect(parts(5n, { a: 2n, b: 7n, c: 11n })).toEqual({ b: 2n, c: 3n });
  });

  it("leaves out parts of nothing and splits nothing over nothing", () => {
    expect(parts(1n, { a: 5n, b: 5n })).toEqual({ a: 1n });
    expect(parts(5n, { a: 0n })).toEqual({});
    expect(parts(0n, { a: 5n })).toEqual({});
    expect(parts(5n, {})).toEqual({});
  });

  it("takes whole weights when the amount is their sum", () => {
    expect(parts(7n, { a: 3n, b: 4n })).toEqual({ a: 3n, b: 4n });
  });
});
