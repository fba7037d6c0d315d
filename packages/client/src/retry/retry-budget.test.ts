import { ManualClock } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { RetryBudget } from "./retry-budget.js";

function setUp() {
  const clock = new ManualClock();
  const budget = new RetryBudget(clock);
  const earn = (calls: number) => {
    for (let i = 0; i < calls; i += 1) budget.earn();
  };
  const spendAll = () => {
    let spent = 0;
    while (budget.spend()) spent += 1;
    return spent;
  };
  return { clock, budget, earn, spendAll };
}

describe("RetryBudget", () => {
  it("allows ten a second without calls, and saves none up beyond that", async () => {
    const { clock, spendAll } = setUp();
    expect(spendAll()).toBe(10);
    await clock.advance(500);
    expect(spendAll()).toBe(5);
    await clock.advance(60_000);
    expect(spendAll()).toBe(10);
  });

  it("allows a fifth of the calls on top", () => {
    const { budget, earn, spendAll } = setUp();
    spendAll();
    earn(49);
    expect(budget.available).toBe(9);
    expect(spendAll()).toBe(9);
    earn(1);
    expect(spendAll()).toBe(1);
  });

  it("saves up at most twenty", () => {
    const { earn, spendAll } = setUp();
    earn(10_000);
    expect(spendAll()).toBe(30);
  });

  it("bounds retries of calls that all fail: 1,000 calls in a second get at most 220", async () => {
    const { clock, budget } = setUp();
    let retries = 0;
    for (let call = 0; call < 1_000; call += 1) {
      budget.earn();
      while (budget.spend()) retries += 1;
      await clock.advance(call % 100 === 99 ? 100 : 0);
    }
    expect(retries).toBeGreaterThan(200);
    expect(retries).toBeLessThanOrEqual(220);
  });
});
