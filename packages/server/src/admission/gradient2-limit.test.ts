import { ManualClock, seededRandom } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { Gradient2Limit } from "./gradient2-limit.js";

const BOUND = 256;

/** One second of `calls` calls of `rttMs` each. */
async function second(
  limit: Gradient2Limit,
  clock: ManualClock,
  rttMs: number,
  inFlight: number,
  calls = 20,
) {
  for (let call = 0; call < calls; call += 1) {
    await clock.advance(1_000 / calls);
    limit.sample(rttMs, inFlight, BOUND);
  }
}

function newLimit() {
  const clock = new ManualClock();
  return { clock, limit: new Gradient2Limit(clock, BOUND) };
}

describe("Gradient2Limit", () => {
  it("begins at the contract's bound and stays there while latency does not rise", async () => {
    const { clock, limit } = newLimit();
    for (let round = 0; round < 30; round += 1) await second(limit, clock, 20, BOUND);
    expect(limit.limit).toBe(BOUND);
  });

  it("bears half as much latency again", async () => {
    const { clock, limit } = newLimit();
    for (let round = 0; round < 20; round += 1) await second(limit, clock, 20, BOUND);
    await second(limit, clock, 29, BOUND);
    expect(limit.limit).toBe(BOUND);
  });

  it("falls when latency rises, a tenth a round at most, and never below 20", async () => {
    const { clock, limit } = newLimit();
    for (let round = 0; round < 20; round += 1) await second(limit, clock, 20, BOUND);
    await second(limit, clock, 400, BOUND);
    expect(limit.limit).toBe(Math.floor(BOUND * 0.8 + 0.2 * (BOUND * 0.5 + 4)));
    for (let round = 0; round < 60; round += 1) await second(limit, clock, 4_000, BOUND);
    expect(limit.limit).toBe(20);
  });

  it("grows again by less than one a round when latency is as before", async () => {
    const { clock, limit } = newLimit();
    for (let round = 0; round < 20; round += 1) await second(limit, clock, 20, BOUND);
    for (let round = 0; round < 40; round += 1) await second(limit, clock, 4_000, BOUND);
    const low = limit.limit;
    for (let round = 0; round < 10; round += 1) await second(limit, clock, 20, BOUND);
    expect(limit.limit - low).toBe(8);
  });

  it.each([
    ["less than half of it is in use", 10, 20],
    ["a second brings too few calls", BOUND, 5],
  ])("stays where it is when %s", async (_, inFlight, calls) => {
    const { clock, limit } = newLimit();
    for (let round = 0; round < 20; round += 1) await second(limit, clock, 20, inFlight, calls);
    await second(limit, clock, 4_000, inFlight, calls);
    expect(limit.limit).toBe(BOUND);
  });

  it("is no number that cannot be, whatever it is told", () =>
    seededRandom().reporting(async () => {
      const random = seededRandom();
      const { clock, limit } = newLimit();
      for (let step = 0; step < 2_000; step += 1) {
        await clock.advance(random.integer(0, 200));
        limit.sample(random.next() * 10 ** random.integer(-2, 5), random.integer(1, BOUND), BOUND);
        expect(limit.limit).toBeGreaterThanOrEqual(20);
        expect(limit.limit).toBeLessThanOrEqual(BOUND);
      }
    }));
});
