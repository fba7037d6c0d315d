import { describe, expect, it } from "@jest/globals";
import { FairTurns } from "./fair-turns.js";

describe("FairTurns", () => {
  it("lets connections begin few requests when the turn has taken long, and many in the next", async () => {
    let nowMs = 0;
    const turns = new FairTurns(() => nowMs);
    expect([turns.allowance(), turns.allowance()]).toEqual([32, 32]);
    nowMs = 5;
    expect([turns.allowance(), turns.allowance()]).toEqual([4, 4]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(turns.allowance()).toBe(32);
  });
});
