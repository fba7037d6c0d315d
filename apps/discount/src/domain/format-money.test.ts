import { describe, expect, it } from "@jest/globals";
import { formatMoney } from "./format-money.js";

describe("formatMoney", () => {
  it.each([
    [1_250n, "GBP", "12.50 GBP"],
    [5n, "GBP", "0.05 GBP"],
    [-205n, "EUR", "-2.05 EUR"],
    [1_250n, "JPY", "1250 JPY"],
    [1_250n, "KWD", "1.250 KWD"],
  ])("writes %s %s as %s", (minor, currency, text) => {
    expect(formatMoney(minor, currency)).toBe(text);
  });
});
