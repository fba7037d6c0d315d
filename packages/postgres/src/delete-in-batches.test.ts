import { describe, expect, it } from "@jest/globals";
import { deleteInBatches } from "./delete-in-batches.js";

/** A table of so many rows, and the limits that it was asked with. */
function table(rows: number) {
  const limits: number[] = [];
  let left = rows;
  const deleteSome = async (limit: number) => {
    limits.push(limit);
    const count = Math.min(limit, left);
    left -= count;
    return count;
  };
  return { limits, deleteSome };
}

describe("deleteInBatches", () => {
  it("goes on while batches are full", async () => {
    const { limits, deleteSome } = table(25);
    expect(await deleteInBatches(deleteSome, { batchSize: 10 })).toBe(25);
    expect(limits).toEqual([10, 10, 10]);
  });

  it("stops at its bound, and between two statements when it is told to", async () => {
    expect(await deleteInBatches(table(25).deleteSome, { batchSize: 10, maxBatches: 2 })).toBe(20);
    const ending = new AbortController();
    const { deleteSome } = table(25);
    const endsIt = (limit: number) => {
      ending.abort();
      return deleteSome(limit);
    };
    expect(await deleteInBatches(endsIt, { batchSize: 10, signal: ending.signal })).toBe(10);
  });
});
