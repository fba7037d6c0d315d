import { fromJson, type JsonObject } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { redactedTexts, withoutTexts } from "./redacted-texts.js";
import { PersonSchema, registry } from "./testing/person-schema.js";

const textsOf = (json: JsonObject) => redactedTexts(PersonSchema, fromJson(PersonSchema, json, { registry }));

describe("redactedTexts", () => {
  it("finds the values of secret fields of any type, and no others", () => {
    const json = {
      id: "shown-id",
      name: "Ada Lovelace",
      salary: "90000",
      nicknames: ["Countess"],
      secrets: { pin: "1234", question: "mother" },
      email: "ada@example.com",
      home: { city: "London", street: "Downing Street 10" },
      past: [{ city: "Paris", street: "Rue Secrète" }],
      hidden: { city: "Hidden City" },
    };
    expect(textsOf(json).toSorted()).toEqual(
      [
        "1234",
        "90000",
        "Ada Lovelace",
        "Countess",
        "Downing Street 10",
        "Hidden City",
        "Rue Secrète",
        "ada@example.com",
        "mother",
        "question",
      ].toSorted(),
    );
  });

  it("leaves out what stands in any text by chance", () => {
    expect(textsOf({ name: "Ada", salary: "12" })).toEqual([]);
  });

  it("is bounded", () => {
    const nicknames = Array.from({ length: 1_000 }, (_, index) => `nick-${index}`);
    expect(textsOf({ nicknames })).toHaveLength(512);
  });
});

describe("withoutTexts", () => {
  it("takes out whole values, longest first and in any case", () => {
    const secrets = ["ada@example.com", "example"];
    expect(withoutTexts('duplicate "ADA@example.com" at example', secrets)).toBe(
      'duplicate "[redacted]" at [redacted]',
    );
  });

  it("takes what would mean something in a pattern as it is", () => {
    expect(withoutTexts("a.c abc (x|y)* \\d", ["a.c", "(x|y)*", "\\d"])).toBe(
      "[redacted] abc [redacted] [redacted]",
    );
  });
});
