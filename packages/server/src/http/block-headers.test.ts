import { describe, expect, it } from "@jest/globals";
import { BlockHeaders } from "./block-headers.js";

const fields = [":method", "POST", "x-a", "1", "x-b", "2", "x-a", "3", "cookie", "c=1", "cookie", "d=2"];
const headers = new BlockHeaders({ fields, memo: undefined, get: () => undefined });

describe("BlockHeaders", () => {
  it("reads single fields, in any case", () => {
    expect(headers.get("x-b")).toBe("2");
    expect(headers.get("X-B")).toBe("2");
    expect(headers.get("x-c")).toBeNull();
    expect(headers.has("x-b")).toBe(true);
    expect(headers.has("x-c")).toBe(false);
  });

  it("joins what comes more than once, cookies in their own way", () => {
    expect(headers.get("x-a")).toBe("1, 3");
    expect(headers.get("cookie")).toBe("c=1; d=2");
  });

  it("hides the pseudo-header fields", () => {
    expect([...headers]).toEqual([
      ["cookie", "c=1; d=2"],
      ["x-a", "1, 3"],
      ["x-b", "2"],
    ]);
    expect([...headers.keys()]).toEqual(["cookie", "x-a", "x-b"]);
    expect([...headers.values()]).toEqual(["c=1; d=2", "1, 3", "2"]);
    const seen: string[] = [];
    headers.forEach((value, name) => {
      seen.push(`${name}=${value}`);
    });
    expect(seen).toEqual(["cookie=c=1; d=2", "x-a=1, 3", "x-b=2"]);
    expect(headers.get(":method")).toBeNull();
    expect(headers.has(":method")).toBe(false);
  });

  it("can be copied, and not changed", () => {
    expect(new Headers(headers).get("x-b")).toBe("2");
    expect(() => headers.set("x-b", "3")).toThrow(TypeError);
    expect(() => headers.append("x-b", "3")).toThrow(TypeError);
    expect(() => headers.delete("x-b")).toThrow(TypeError);
  });
});
