import { describe, expect, it } from "@jest/globals";
import { passwordWeakness } from "./password-rule.js";

const email = "ada.lovelace@example.org";

describe("passwordWeakness", () => {
  it.each([
    ["aaaaaaaaaaaa", "repetitive"],
    ["abababababab", "repetitive"],
    ["Password2024!", "common"],
    ["qwertyuiop", "common"],
    ["1234567890", "common"],
    ["passwordpassword", "common"],
    ["ada.lovelace1815", "contains-email"],
    ["ADA.LOVELACE@example.org", "contains-email"],
  ])("refuses %s as %s", (password, weakness) => {
    expect(passwordWeakness(password, email)).toBe(weakness);
  });

  it.each(["correct horse battery staple", "password of the analytical engine", "Noten-G-und-Diagramm"])(
    "takes %s",
    (password) => {
      expect(passwordWeakness(password, email)).toBeUndefined();
    },
  );

  it("does not search for a local part so short that it is found by chance", () => {
    expect(passwordWeakness("Bridges and abacus", "ab@example.org")).toBeUndefined();
  });
});
