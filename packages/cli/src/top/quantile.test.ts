import { describe, expect, it } from "@jest/globals";
import { quantile } from "./quantile.js";

const buckets = [
  { bound: 1, count: 10 },
  { bound: 2, count: 30 },
  { bound: 4, count: 40 },
  { bound: Number.POSITIVE_INFINITY, count: 40 },
];

describe("quantile", () => {
  it.each([
    [0.125, 0.5],
    [0.25, 1],
    [0.5, 1.5],
    [0.875, 3],
    [1, 4],
  ])("of %d lies at %d", (q, expected) => {
    expect(quantile(q, buckets)).toBeCloseTo(expected, 10);
  });

  it("is the highest bound for what lies above all", () => {
    expect(
      quantile(0.99, [
        { bound: 1, count: 0 },
        { bound: Number.POSITIVE_INFINITY, count: 5 },
      ]),
    ).toBe(1);
  });

  it("does not mind the order of the buckets", () => {
    expect(quantile(0.5, buckets.toReversed())).toBeCloseTo(1.5, 10);
  });

  it.each([[[]], [[{ bound: 1, count: 0 }]]])("is unknown without observations: %j", (none) => {
    expect(quantile(0.5, none)).toBeUndefined();
  });
});
