import { describe, expect, it } from "@jest/globals";
import { wordsOf } from "./search-words.js";

describe("wordsOf", () => {
  it.each([
    ["WHITE HANGING HEART T-LIGHT HOLDER", ["white", "hanging", "heart", "t", "light", "holder"]],
    ["gift_0001_40", ["gift", "0001", "40"]],
    ["Crème brûlée, 22.5cm!", ["crème", "brûlée", "22", "5cm"]],
    ["' & | !:*", []],
    ["", []],
  ])("cuts %j", (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });
});
