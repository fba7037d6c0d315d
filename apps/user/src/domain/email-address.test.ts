import { describe, expect, it } from "@jest/globals";
import { normaliseEmail } from "./email-address.js";

describe("normaliseEmail", () => {
  it("makes addresses that differ in case alone equal", () => {
    expect(normaliseEmail("Ada@Example.ORG")).toBe("ada@example.org");
  });

  it("keeps what tells addresses apart", () => {
    expect(normaliseEmail("a.da+shop@example.org")).toBe("a.da+shop@example.org");
  });
});
