import { describe, expect, it } from "@jest/globals";
import { isRotationDue } from "./signing-key.js";

describe("isRotationDue", () => {
  it("is due by age", () => {
    expect(isRotationDue(1_000, 1_999, 1_000)).toBe(false);
    expect(isRotationDue(1_000, 2_000, 1_000)).toBe(true);
  });
});
