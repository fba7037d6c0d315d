import { describe, expect, it } from "@jest/globals";
import { bytesText, countText, rateText, secondsText, shareText } from "./quantities.js";

describe("quantities", () => {
  it.each([
    [rateText(0), "0"],
    [rateText(0.25), "0.3"],
    [rateText(12_345.6), "12346"],
    [shareText(0), "0 %"],
    [shareText(0.004), "0.4 %"],
    [shareText(1), "100 %"],
    [secondsText(0.000_25), "0.3 ms"],
    [secondsText(0.0127), "13 ms"],
    [secondsText(1.25), "1.3 s"],
    [secondsText(32.8), "33 s"],
    [bytesText(1_500_000), "2 MB"],
    [countText(7), "7"],
    [shareText(undefined), "–"],
    [secondsText(undefined), "–"],
    [bytesText(undefined), "–"],
    [countText(undefined), "–"],
  ])("%s", (text, expected) => {
    expect(text).toBe(expected);
  });
});
