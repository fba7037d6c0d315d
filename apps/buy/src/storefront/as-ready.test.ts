import { describe, expect, it } from "@jest/globals";
import { asReady } from "./as-ready.js";

describe("asReady", () => {
  it("gives each result once, the first that came first", async () => {
    const [slow, fast] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const seen: string[] = [];
    const reading = (async () => {
      for await (const result of asReady([slow.promise, fast.promise])) {
        seen.push(result);
        slow.resolve("slow");
      }
    })();
    fast.resolve("fast");
    await reading;
    expect(seen).toEqual(["fast", "slow"]);
  });
});
