import { describe, expect, it } from "@jest/globals";
import { newId } from "./new-id.js";

describe("newId", () => {
  it("makes UUIDs of version 7 that are all different, across draws of random bytes", () => {
    const ids = Array.from({ length: 1_000 }, newId);
    expect(new Set(ids).size).toBe(1_000);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("makes ids that sort by time", () => {
    const nowMs = Date.now();
    const madeAtMs = Number.parseInt(newId().replace("-", "").slice(0, 12), 16);
    expect(madeAtMs).toBeGreaterThanOrEqual(nowMs);
    expect(madeAtMs).toBeLessThan(nowMs + 60_000);
  });
});
