import { describe, expect, it } from "@jest/globals";
import { HedgeBudget } from "./hedge-budget.js";

describe("HedgeBudget", () => {
  it("allows one extra attempt for twenty calls, none on credit", () => {
    const budget = new HedgeBudget();
    let hedges = 0;
    for (let call = 1; call <= 1_000; call += 1) {
      budget.earn();
      if (budget.spend()) hedges += 1;
      expect(hedges).toBeLessThanOrEqual(call / 20);
    }
    expect(hedges).toBe(50);
  });

  it("saves up at most ten", () => {
    const budget = new HedgeBudget();
    for (let call = 0; call < 10_000; call += 1) budget.earn();
    expect(budget.available).toBe(10);
  });
});
