import { describe, expect, it } from "@jest/globals";
import { pageSizeOf, readPageToken, writePageToken } from "./page-token.js";

const page = (pageToken: string) => ({ pageSize: 0, pageToken });
const list = ["things", "red"];

describe("a page token", () => {
  it("leads back to the position that it was made of", () => {
    const token = writePageToken(list, ["2010-12-01", "id"]);
    expect(readPageToken(page(token), list)).toEqual(["2010-12-01", "id"]);
    expect(readPageToken(page(""), list)).toBeUndefined();
    expect(readPageToken(undefined, list)).toBeUndefined();
  });

  it.each([
    ["of a list with other filters", writePageToken(["things", "blue"], ["id"])],
    ["that is no JSON", "garbage"],
    ["of other values", Buffer.from("[1,2]").toString("base64url")],
    ["that is no list", Buffer.from('{"a":1}').toString("base64url")],
  ])("is refused where it is one %s", (_, token) => {
    expect(() => readPageToken(page(token), list)).toThrow("invalid_argument");
  });

  it("goes with a size that has a default", () => {
    expect(pageSizeOf(undefined)).toBe(50);
    expect(pageSizeOf({ pageSize: 0, pageToken: "" })).toBe(50);
    expect(pageSizeOf({ pageSize: 7, pageToken: "" })).toBe(7);
  });
});
