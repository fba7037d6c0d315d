import { describe, expect, it } from "@jest/globals";
import { hasBytes, hasCharacters } from "./text-length.js";

const LENGTHS = [0, 1, 2, 3, 4, 5, Number.POSITIVE_INFINITY];
const TEXTS = [
  "",
  "a",
  "ab",
  "abcd",
  "ä",
  "äö",
  "日本",
  "𝒜",
  "𝒜𝒷",
  "a𝒜b",
  "𝒜𝒜𝒜",
  "\ud800",
  "\udc00\ud800",
  "\ud800𝒜",
];

function everyBound(check: (text: string, least: number, most: number) => boolean): string[] {
  return LENGTHS.flatMap((least) =>
    LENGTHS.flatMap((most) =>
      TEXTS.filter((text) => check(text, least, most)).map((text) => `${least} ${most} ${text}`),
    ),
  );
}

describe("the length of texts", () => {
  it("is that in code points", () => {
    const counted = everyBound((text, least, most) => [...text].length >= least && [...text].length <= most);
    expect(everyBound((text, least, most) => hasCharacters(least, most)(text))).toEqual(counted);
  });

  it("is that in bytes of UTF-8", () => {
    const bytes = (text: string) => new TextEncoder().encode(text).length;
    const counted = everyBound((text, least, most) => bytes(text) >= least && bytes(text) <= most);
    expect(everyBound((text, least, most) => hasBytes(least, most)(text))).toEqual(counted);
  });
});
