import { ManualClock } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { StaleCache } from "./stale-cache.js";

const bytes = (length: number) => new Uint8Array(length);

describe("StaleCache", () => {
  it("gives an answer with its age until it is too old", async () => {
    const clock = new ManualClock();
    const cache = new StaleCache(clock);
    cache.put("a", bytes(1));
    await clock.advance(1_000);
    expect(cache.get("a", 1_000)).toEqual({ bytes: bytes(1), ageMs: 1_000 });
    await clock.advance(1);
    expect(cache.get("a", 1_000)).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  it("keeps the last answer only", () => {
    const cache = new StaleCache(new ManualClock());
    cache.put("a", bytes(1));
    cache.put("a", bytes(2));
    expect(cache.get("a", 1)?.bytes).toHaveLength(2);
    expect(cache.size).toBe(1);
  });

  it("keeps a thousand answers, those that were used last", () => {
    const cache = new StaleCache(new ManualClock());
    for (let i = 0; i < 1_000; i += 1) cache.put(`${i}`, bytes(1));
    cache.get("0", 1);
    cache.put("more", bytes(1));
    expect(cache.size).toBe(1_000);
    expect([cache.get("0", 1), cache.get("1", 1)]).toEqual([expect.anything(), undefined]);
  });

  it("keeps 16 MiB in all", () => {
    const cache = new StaleCache(new ManualClock());
    for (let i = 0; i < 20; i += 1) cache.put(`${i}`, bytes(1_024 * 1_024));
    expect(cache.size).toBe(16);
    cache.put("huge", bytes(17 * 1_024 * 1_024));
    expect(cache.get("huge", 1)).toBeUndefined();
    expect(cache.size).toBe(16);
  });
});
