import { describe, expect, it } from "@jest/globals";
import { connectionBackoffMs } from "./connection-backoff.js";

describe("connectionBackoffMs", () => {
  it("grows from 1 s by 1.6 to 120 s", () => {
    const waits = [1, 2, 3, 10, 11, 12, 1_000].map((failures) =>
      Math.round(connectionBackoffMs(failures, () => 0.5)),
    );
    expect(waits).toEqual([1_000, 1_600, 2_560, 68_719, 109_951, 120_000, 120_000]);
  });

  it("varies by a fifth either way", () => {
    expect(connectionBackoffMs(1, () => 0)).toBeCloseTo(800);
    expect(connectionBackoffMs(1, () => 0.999_999)).toBeCloseTo(1_200);
  });
});
