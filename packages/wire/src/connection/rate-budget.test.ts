import { describe, expect, it } from "@jest/globals";
import { RateBudget } from "./rate-budget.js";

const spendAll = (budget: RateBudget, nowMs: number): number => {
  let spent = 0;
  while (budget.spend(nowMs)) spent += 1;
  return spent;
};

describe("RateBudget", () => {
  it("grants some seconds' worth at once, then its rate", () => {
    const budget = new RateBudget(5, 10, 1_000);
    expect(spendAll(budget, 1_000)).toBe(50);
    expect(spendAll(budget, 1_199)).toBe(0);
    expect(spendAll(budget, 1_400)).toBe(2);
    expect(spendAll(budget, 11_400)).toBe(50);
    expect(spendAll(budget, 900_000)).toBe(50);
  });

  it("grants what is earned, and saves no more of it than a burst", () => {
    const budget = new RateBudget(1, 10, 0);
    expect(spendAll(budget, 0)).toBe(10);
    budget.earn(3);
    expect(spendAll(budget, 0)).toBe(3);
    for (let earned = 0; earned < 100; earned += 1) budget.earn(2);
    expect(spendAll(budget, 0)).toBeLessThanOrEqual(11);
  });
});
