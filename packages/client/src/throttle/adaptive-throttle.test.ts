import { ManualClock, seededRandom } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { AdaptiveThrottle } from "./adaptive-throttle.js";

function setUp() {
  const clock = new ManualClock();
  const random = seededRandom();
  const throttle = new AdaptiveThrottle(clock, random.next);
  /** Calls a callee that accepts this share; says how many were sent. */
  const offer = (calls: number, acceptedShare: number) => {
    let sent = 0;
    for (let i = 0; i < calls; i += 1) {
      if (!throttle.admit()) continue;
      sent += 1;
      throttle.ended(random.next() < acceptedShare);
    }
    return sent;
  };
  return { clock, random, throttle, offer };
}

describe("AdaptiveThrottle", () => {
  it("refuses nothing while the callee accepts at least half", () => {
    const { random, throttle, offer } = setUp();
    return random.reporting(() => {
      expect(offer(1_000, 1)).toBe(1_000);
      expect(offer(1_000, 0.6)).toBeGreaterThan(990);
      expect(throttle.rejection).toBeLessThan(0.05);
    });
  });

  it("sends hardly anything to a callee that accepts nothing, and yet keeps trying", () => {
    const { random, offer } = setUp();
    return random.reporting(() => {
      const sent = offer(10_000, 0);
      expect(sent).toBeLessThan(90);
      expect(sent).toBeGreaterThan(0);
    });
  });

  it("forgets after two minutes", async () => {
    const { clock, throttle, offer } = setUp();
    offer(1_000, 0);
    expect(throttle.rejection).toBeGreaterThan(0.99);
    await clock.advance(120_000);
    expect(throttle.rejection).toBe(0);
  });

  it("computes the book's formula, with more padding", () => {
    const throttle = new AdaptiveThrottle(new ManualClock(), () => 0.999_999);
    throttle.ended(false);
    expect(throttle.rejection).toBeCloseTo(1 / 9);
    for (let i = 1; i < 92; i += 1) throttle.ended(i <= 20);
    expect(throttle.rejection).toBeCloseTo((92 - 2 * 20) / 100);
  });
});
