import { describe, expect, it } from "@jest/globals";
import { anonymous } from "./principal.js";
import { TokenCache } from "./token-cache.js";

describe("TokenCache", () => {
  it("forgets the least recently used token beyond its bound", () => {
    const cache = new TokenCache(2);
    cache.set("a", anonymous, 100);
    cache.set("b", anonymous, 100);
    cache.get("a", 0);
    cache.set("c", anonymous, 100);
    expect([cache.get("a", 0), cache.get("b", 0), cache.get("c", 0)]).toEqual([
      anonymous,
      undefined,
      anonymous,
    ]);
    expect(cache.size).toBe(2);
  });

  it("gives nothing from the moment of expiry on", () => {
    const cache = new TokenCache(2);
    cache.set("a", anonymous, 100);
    expect(cache.get("a", 99)).toBe(anonymous);
    expect(cache.get("a", 100)).toBeUndefined();
    expect(cache.size).toBe(0);
  });
});
