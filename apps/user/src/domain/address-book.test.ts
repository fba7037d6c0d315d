import { describe, expect, it } from "@jest/globals";
import { type AddressContent, becomesDefault, heirOfDefault, sameContent } from "./address-book.js";

const home: AddressContent = {
  label: "Home",
  postal: {
    recipient: "Ada Lovelace",
    lines: ["12 St James's Square"],
    city: "London",
    region: "",
    postalCode: "SW1Y 4JH",
    countryCode: "GB",
  },
};
const entry = (addressId: string, isDefault = false) => ({ addressId, isDefault });

describe("the address book", () => {
  it("makes its first entry the default, a later one only when asked", () => {
    expect(becomesDefault([], false)).toBe(true);
    expect(becomesDefault([entry("a", true)], false)).toBe(false);
    expect(becomesDefault([entry("a", true)], true)).toBe(true);
  });

  it("hands the default to the oldest entry that remains", () => {
    const book = [entry("oldest"), entry("gone", true), entry("newest")];
    expect(heirOfDefault(book, "gone")).toBe("oldest");
    expect(heirOfDefault([entry("gone", true), entry("newest")], "gone")).toBe("newest");
  });

  it("hands nothing over when another entry goes, or the last one", () => {
    expect(heirOfDefault([entry("a", true), entry("gone")], "gone")).toBeUndefined();
    expect(heirOfDefault([entry("gone", true)], "gone")).toBeUndefined();
    expect(heirOfDefault([entry("a", true)], "absent")).toBeUndefined();
  });

  it("tells entries apart by each of their fields", () => {
    expect(sameContent(home, structuredClone(home))).toBe(true);
    expect(sameContent(home, { ...home, label: "Work" })).toBe(false);
    for (const change of [
      { recipient: "x" },
      { lines: [] },
      { lines: ["12 St James's Square", "Flat 2"] },
      { city: "x" },
      { region: "x" },
      { postalCode: "x" },
      { countryCode: "FR" },
    ]) {
      expect(sameContent(home, { ...home, postal: { ...home.postal, ...change } })).toBe(false);
    }
  });
});
