import { describe, expect, it } from "@jest/globals";
import { hashRefreshToken, newRefreshToken, openSuccessor, sealSuccessor } from "./refresh-token.js";

describe("refresh tokens", () => {
  it("carry 256 bits and are never the same", () => {
    const tokens = new Set(Array.from({ length: 100 }, newRefreshToken));
    expect(tokens.size).toBe(100);
    for (const token of tokens) expect(token).toMatch(/^shop_rt_[\w-]{43}$/);
  });

  it("are stored as a hash that does not contain them", () => {
    const token = newRefreshToken();
    expect(hashRefreshToken(token)).toHaveLength(32);
    expect(hashRefreshToken(token)).toEqual(hashRefreshToken(token));
  });

  it("can be read again only by who holds the one before", () => {
    const [parent, successor, stranger] = [newRefreshToken(), newRefreshToken(), newRefreshToken()];
    const sealed = sealSuccessor(parent, successor);
    expect(openSuccessor(parent, sealed)).toBe(successor);
    expect(() => openSuccessor(stranger, sealed)).toThrow();
  });
});
