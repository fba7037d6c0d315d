import { seededRandom } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { BucketTable } from "./bucket-table.js";

const tenPerSecond = { requests: 10, perMs: 1_000, burst: 10 };

/** Takes a token when there is one; whether there was. */
function draw(table: BucketTable, key: string, nowMs: number, size = tenPerSecond): boolean {
  if (table.waitMs(key, size, nowMs) > 0) return false;
  table.take(key, size, nowMs);
  return true;
}

function drawUntilEmpty(table: BucketTable, key: string, nowMs: number): number {
  let drawn = 0;
  while (draw(table, key, nowMs)) drawn += 1;
  return drawn;
}

describe("a bucket", () => {
  it("gives its burst at once, then as much as flows in", () => {
    const table = new BucketTable();
    expect(drawUntilEmpty(table, "a", 0)).toBe(10);
    expect(table.waitMs("a", tenPerSecond, 0)).toBe(100);
    expect(draw(table, "a", 99)).toBe(false);
    expect(draw(table, "a", 100)).toBe(true);
    expect(table.waitMs("a", tenPerSecond, 130)).toBe(70);
  });

  it("is no fuller after an hour than after it has filled", () => {
    const table = new BucketTable();
    drawUntilEmpty(table, "a", 0);
    expect(drawUntilEmpty(table, "a", 3_600_000)).toBe(10);
  });

  it("holds a burst that differs from its rate", () => {
    const table = new BucketTable();
    const size = { requests: 1, perMs: 1_000, burst: 3 };
    expect([1, 2, 3, 4].map(() => draw(table, "a", 0, size))).toEqual([true, true, true, false]);
    expect(table.waitMs("a", size, 0)).toBe(1_000);
  });

  it("gives over any time no more than the burst and what has flowed in", () =>
    seededRandom().reporting(() => {
      const { integer } = seededRandom();
      const table = new BucketTable();
      let nowMs = 0;
      let drawn = 0;
      for (let step = 0; step < 5_000; step += 1) {
        nowMs += integer(0, 60);
        if (draw(table, "a", nowMs)) drawn += 1;
      }
      expect(drawn).toBeLessThanOrEqual(10 + (nowMs * 10) / 1_000);
      expect(drawn).toBeGreaterThan((nowMs * 10) / 1_000 - 10);
    }));

  it("is kept whole when the rate is tightened", () => {
    const table = new BucketTable();
    drawUntilEmpty(table, "a", 0);
    expect(table.waitMs("a", { requests: 1, perMs: 1_000, burst: 1 }, 0)).toBe(1_000);
  });
});

describe("a table", () => {
  it("keeps the state of keys it follows against any number of others", () => {
    const table = new BucketTable(100);
    drawUntilEmpty(table, "victim", 0);
    for (let index = 0; index < 10_000; index += 1) draw(table, `attacker ${index}`, 1);
    expect(table.size).toBe(100);
    expect(draw(table, "victim", 1)).toBe(false);
  });

  it("makes room by forgetting what has filled again", () => {
    const table = new BucketTable(100);
    for (let index = 0; index < 100; index += 1) draw(table, `old ${index}`, 0);
    expect(drawUntilEmpty(table, "new", 1_000)).toBe(10);
    expect(table.size).toBe(100);
    expect(table.waitMs("new", tenPerSecond, 1_000)).toBe(100);
  });

  it("wins no tokens for keys that find no room", () => {
    const table = new BucketTable(1);
    draw(table, "first", 0);
    expect(drawUntilEmpty(table, "second", 0)).toBe(10);
    expect(drawUntilEmpty(table, "second", 0)).toBe(0);
  });

  it("bounds what very many newcomers take together", () => {
    const table = new BucketTable(1);
    drawUntilEmpty(table, "first", 0);
    let drawn = 0;
    for (let index = 0; index < 50_000; index += 1) if (draw(table, `new ${index}`, 0)) drawn += 1;
    expect(drawn).toBeLessThanOrEqual(1_024 * 10);
  });

  it("tells long keys apart", () => {
    const table = new BucketTable();
    const long = "k".repeat(5_000);
    drawUntilEmpty(table, `${long}1`, 0);
    expect(draw(table, `${long}1`, 0)).toBe(false);
    expect(draw(table, `${long}2`, 0)).toBe(true);
  });
});
