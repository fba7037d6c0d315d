import { describe, expect, it } from "@jest/globals";
import { seededRandom } from "./index.js";

describe("seededRandom", () => {
  it("repeats itself for the same seed and differs for another", () => {
    const draw = (seed: number) => {
      const { next } = seededRandom(seed);
      return Array.from({ length: 20 }, next);
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it("spreads evenly and stays inside its bounds", () => {
    const random = seededRandom(42);
    const counts = [0, 0, 0, 0, 0, 0];
    for (let draw = 0; draw < 6_000; draw += 1) {
      const face = random.integer(1, 6) - 1;
      counts[face] = (counts[face] ?? 0) + 1;
    }
    expect(counts).toHaveLength(6);
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  it("shuffles without losing anything", () => {
    const items = Array.from({ length: 50 }, (_, index) => index);
    const shuffled = seededRandom(3).shuffle(items);
    expect(shuffled).not.toEqual(items);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
  });

  it("picks one of the items and refuses an empty list", () => {
    const random = seededRandom(3);
    expect(["a", "b"]).toContain(random.pick(["a", "b"]));
    expect(() => random.pick([])).toThrow(RangeError);
  });

  it("names its seed in the message of a failure", async () => {
    const random = seededRandom(99);
    const failing = random.reporting(() => {
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow(/no[\s\S]*CHARTER_TEST_SEED=99/);
  });
});
