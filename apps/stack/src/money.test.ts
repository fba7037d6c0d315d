import { describe, expect, it } from "@jest/globals";
import { formatMoney } from "./money.js";

const money = (currencyCode: string, minor: bigint) => ({
  $typeName: "shop.type.v1.Money" as const,
  currencyCode,
  minor,
});

describe("formatMoney", () => {
  it.each([
    ["GBP", 4_900n, "£49.00"],
    ["GBP", 5n, "£0.05"],
    ["GBP", -1_234n, "-£12.34"],
    ["GBP", 82_374_614n, "£823,746.14"],
    ["JPY", 500n, "JP¥500"],
  ])("writes %s %s as %s", (currency, minor, text) => {
    expect(formatMoney(money(currency, minor))).toBe(text);
  });
});
