import { describe, expect, it } from "@jest/globals";
import { DURATION_BUCKETS, durationBoundsSeconds, durationBucket } from "./duration-buckets.js";

describe("durationBucket", () => {
  it("puts a duration under the first bound that is not below it", () => {
    for (let ms = 0; ms < 70_000; ms = ms * 1.01 + 0.001) {
      const expected = durationBoundsSeconds.findIndex((bound) => ms / 1_000 <= bound);
      expect(durationBucket(ms)).toBe(expected < 0 ? DURATION_BUCKETS - 1 : expected);
    }
  });

  it("takes a bound itself as inside, and the next nanosecond as outside", () => {
    durationBoundsSeconds.forEach((bound, index) => {
      expect(durationBucket(bound * 1_000)).toBe(index);
      expect(durationBucket(bound * 1_000 + 0.000_001)).toBe(index + 1);
    });
  });

  it.each([-1, Number.NaN, 0])("takes %d for no time at all", (ms) => {
    expect(durationBucket(ms)).toBe(0);
  });

  it.each([32_769, 1e9, 1e15, Number.POSITIVE_INFINITY])("takes %d for more than all bounds", (ms) => {
    expect(durationBucket(ms)).toBe(DURATION_BUCKETS - 1);
  });
});
