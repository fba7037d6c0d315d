import { describe, expect, it } from "@jest/globals";
import { aCampaign, aLine, anInput } from "../testing/campaigns.js";
import type { Campaign } from "./campaign.js";
import { evaluate } from "./evaluate.js";

/** What is left of each line, in order. */
const totals = (...input: Parameters<typeof anInput>) =>
  evaluate(anInput(...input)).lines.map((line) => line.totalMinor);

/** Opens campaigns by code: code -> campaign. */
const opened = (byCode: Record<string, Campaign>) => ({
  codes: Object.keys(byCode),
  owners: new Map(Object.entries(byCode).map(([code, campaign]) => [code, campaign.id])),
});
const coded = (change: Partial<Campaign>) => aCampaign({ automatic: false, ...change });

/** Reason by code. */
const refusals = (...input: Parameters<typeof anInput>) =>
  Object.fromEntries(evaluate(anInput(...input)).refused.map(({ code, reason }) => [code, reason]));

describe("percentages", () => {
  it("spreads a share of the order over its lines, rounded once", () => {
    const lines = ["a", "b", "c"].map((id) => aLine({ id, unitPriceMinor: 333n }));
    // 10 % of 999 is 99.9, so 100: 34 + 33 + 33.
    expect(totals(lines, [aCampaign()])).toEqual([299n, 300n, 300n]);
  });

  it("rounds line by line, half up, for products", () => {
    const scope = { kind: "products", skus: ["A"] } as const;
    const lines = [aLine({ id: "a", unitPriceMinor: 5n }), aLine({ id: "b", unitPriceMinor: 4n })];
    expect(totals(lines, [aCampaign({ scope })])).toEqual([4n, 4n]);
  });

  it("acts on lines in a collection and leaves the others", () => {
    const scope = { kind: "collections", collections: ["xmas", "toys"] } as const;
    const lines = [aLine({ id: "a", collections: ["toys"] }), aLine({ id: "b", collections: ["garden"] })];
    expect(totals(lines, [aCampaign({ scope })])).toEqual([900n, 1_000n]);
  });
});

describe("fixed amounts", () => {
  const benefit = { kind: "fixed_amount", amountMinor: 300n, perUnit: false } as const;

  it("are spread in proportion to the lines", () => {
    const lines = [aLine({ id: "a", unitPriceMinor: 200n }), aLine({ id: "b", unitPriceMinor: 400n })];
    expect(totals(lines, [aCampaign({ benefit, currency: "GBP" })])).toEqual([100n, 200n]);
  });

  it("never take more than there is", () => {
    expect(totals([aLine({ unitPriceMinor: 250n })], [aCampaign({ benefit })])).toEqual([0n]);
  });

  it("may be off every unit in scope", () => {
    const perUnit = { ...benefit, perUnit: true };
    const lines = [aLine({ id: "a", quantity: 3 }), aLine({ id: "b", unitPriceMinor: 100n, quantity: 2 })];
    expect(totals(lines, [aCampaign({ benefit: perUnit })])).toEqual([2_100n, 0n]);
  });
});

describe("buy X get Y", () => {
  const deal = {
    kind: "buy_x_get_y",
    buyQuantity: 2,
    getQuantity: 1,
    rewardSkus: [],
    maxApplications: 0,
  } as const;
  const free = { ...deal, basisPoints: 10_000 };

  it.each([
    [2, 2_000n],
    [3, 2_000n],
    [5, 4_000n],
    [6, 4_000n],
  ])("makes every third of %s units free", (quantity, total) => {
    expect(totals([aLine({ quantity })], [aCampaign({ benefit: free })])).toEqual([total]);
  });

  it("gives the cheapest units, also across lines", () => {
    const lines = [
      aLine({ id: "a", unitPriceMinor: 900n, quantity: 3 }),
      aLine({ id: "b", unitPriceMinor: 100n, quantity: 1 }),
      aLine({ id: "c", unitPriceMinor: 500n, quantity: 2 }),
    ];
    expect(totals(lines, [aCampaign({ benefit: free })])).toEqual([2_700n, 0n, 500n]);
  });

  it("gives other products, as often as it may", () => {
    const lines = [
      aLine({ id: "a", quantity: 6 }),
      aLine({ id: "b", sku: "GIFT", unitPriceMinor: 400n, quantity: 3 }),
    ];
    const scope = { kind: "products", skus: ["A"] } as const;
    const gift = { ...deal, basisPoints: 5_000, rewardSkus: ["GIFT"] };
    expect(totals(lines, [aCampaign({ scope, benefit: gift })])).toEqual([6_000n, 600n]);
    const twice = { ...gift, maxApplications: 2 };
    expect(totals(lines, [aCampaign({ scope, benefit: twice })])).toEqual([6_000n, 800n]);
  });

  it("does not count units without a price", () => {
    const lines = [aLine({ id: "a", quantity: 2 }), aLine({ id: "b", unitPriceMinor: 0n, quantity: 5 })];
    expect(totals(lines, [aCampaign({ benefit: free })])).toEqual([2_000n, 0n]);
  });
});

describe("shipping", () => {
  it("may be free, up to a cap", () => {
    const campaign = aCampaign({
      scope: { kind: "shipping" },
      benefit: { kind: "free_shipping" },
      maxDiscountMinor: 300n,
    });
    const evaluation = evaluate(anInput([aLine()], [campaign], { shippingMinor: 495n }));
    expect(evaluation.shipping).toEqual({
      subtotalMinor: 495n,
      adjustments: [{ campaignId: "c1", code: "", explanation: "Sale: free shipping", amountMinor: 300n }],
      totalMinor: 195n,
    });
    expect(evaluation.totalMinor).toBe(1_195n);
  });

  it("is not touched by campaigns for goods", () => {
    const benefit = { kind: "fixed_amount", amountMinor: 9_999n, perUnit: false } as const;
    const evaluation = evaluate(anInput([aLine()], [aCampaign({ benefit })], { shippingMinor: 495n }));
    expect(evaluation.totalMinor).toBe(495n);
  });
});

describe("the cap", () => {
  it("scales the lines down in proportion", () => {
    const lines = [aLine({ id: "a", unitPriceMinor: 1_000n }), aLine({ id: "b", unitPriceMinor: 3_000n })];
    expect(totals(lines, [aCampaign({ maxDiscountMinor: 100n })])).toEqual([975n, 2_925n]);
  });
});

describe("several campaigns", () => {
  const product = aCampaign({
    id: "p",
    scope: { kind: "products", skus: ["A"] },
    benefit: { kind: "percentage", basisPoints: 5_000 },
  });
  const order = aCampaign({ id: "o" });

  it("act products first, each on what the ones before left", () => {
    const evaluation = evaluate(anInput([aLine()], [order, product]));
    expect(evaluation.applied.map(({ campaignId, amountMinor }) => [campaignId, amountMinor])).toEqual([
      ["p", 500n],
      ["o", 50n],
    ]);
    expect(evaluation.lines[0]?.adjustments.map((one) => one.explanation)).toEqual([
      "Sale: 50 % off",
      "Sale: 10 % off",
    ]);
  });

  it("apply alone unless both say that they combine", () => {
    const exclusive = { ...order, combinesWith: [] };
    expect(evaluate(anInput([aLine()], [exclusive, product])).applied.map((one) => one.campaignId)).toEqual([
      "p",
    ]);
  });

  it("give way to a higher priority, however small it is", () => {
    const first = { ...order, priority: 1, combinesWith: [] };
    const byCode = coded({ ...product, automatic: false });
    const input = anInput([aLine()], [first, byCode], opened({ HALF: byCode }));
    const evaluation = evaluate(input);
    expect(evaluation.discountTotalMinor).toBe(100n);
    expect(evaluation.refused).toEqual([
      {
        code: "HALF",
        reason: "not_combinable",
        explanation: "HALF cannot be combined with another offer that applies.",
      },
    ]);
  });
});

describe("codes", () => {
  const now = Date.UTC(2026, 0, 1);

  it("open their campaign, however they are typed", () => {
    const campaign = coded({});
    const evaluation = evaluate(
      anInput([aLine()], [campaign], { codes: [" ten ", "TEN"], owners: new Map([["TEN", "c1"]]) }),
    );
    expect(evaluation.applied).toEqual([
      { campaignId: "c1", code: "TEN", title: "Sale", explanation: "Sale: 10 % off", amountMinor: 100n },
    ]);
    expect(evaluation.refused).toEqual([]);
  });

  it("are needed: without one the campaign does not apply", () => {
    expect(evaluate(anInput([aLine()], [coded({})])).discountTotalMinor).toBe(0n);
  });

  it.each<[string, Partial<Campaign>]>([
    ["not_found", { state: "archived" }],
    ["not_started", { startMs: now + 1 }],
    ["expired", { endMs: now }],
    ["paused", { state: "paused" }],
    ["limit_reached", { limits: { total: 2n, perCustomer: undefined, budgetMinor: undefined } }],
    ["customer_limit_reached", { limits: { total: 3n, perCustomer: 1n, budgetMinor: undefined } }],
    ["not_applicable", { scope: { kind: "products", skus: ["B"] } }],
    ["not_applicable", { scope: { kind: "shipping" } }],
    ["not_applicable", { currency: "EUR" }],
    [
      "not_applicable",
      { conditions: { minimumSpendMinor: undefined, minimumQuantity: 0, segments: ["trade"] } },
    ],
    ["not_applicable", { benefit: { kind: "percentage", basisPoints: 1 } }],
    ["minimum_not_met", { conditions: { minimumSpendMinor: 1_001n, minimumQuantity: 0, segments: [] } }],
    ["minimum_not_met", { conditions: { minimumSpendMinor: undefined, minimumQuantity: 2, segments: [] } }],
    ["budget_exhausted", { limits: { total: undefined, perCustomer: undefined, budgetMinor: 599n } }],
  ])("are refused as %s for %j", (reason, change) => {
    const campaign = coded(change);
    const usage = new Map([["c1", { redemptions: 2n, spentMinor: 500n, customerRedemptions: 1n }]]);
    expect(
      refusals([aLine({ unitPriceMinor: 1_000n })], [campaign], { ...opened({ TEN: campaign }), usage }),
    ).toEqual({
      TEN: reason,
    });
  });

  it("apply at the very start, up to the last room in every limit", () => {
    const limits = { total: 3n, perCustomer: 2n, budgetMinor: 600n };
    const campaign = coded({ startMs: now, endMs: now + 1, limits });
    const usage = new Map([["c1", { redemptions: 2n, spentMinor: 500n, customerRedemptions: 1n }]]);
    const input = anInput([aLine()], [campaign], { ...opened({ TEN: campaign }), usage });
    expect(evaluate(input).discountTotalMinor).toBe(100n);
  });

  it("that nobody owns are not found", () => {
    expect(refusals([aLine()], [], { codes: ["nope"] })).toEqual({ NOPE: "not_found" });
  });

  it("lose to a better offer of the same priority", () => {
    const small = coded({ id: "s", combinesWith: [] });
    const large = coded({ id: "l", combinesWith: [], benefit: { kind: "percentage", basisPoints: 2_000 } });
    expect(refusals([aLine()], [small, large], opened({ TEN: small, TWENTY: large }))).toEqual({
      TEN: "lost_to_better_offer",
    });
  });

  it("lose to offers that leave nothing to take", () => {
    const all = aCampaign({ id: "a", priority: 1, benefit: { kind: "percentage", basisPoints: 10_000 } });
    const late = coded({ id: "z" });
    expect(refusals([aLine()], [all, late], opened({ TEN: late }))).toEqual({ TEN: "lost_to_better_offer" });
  });

  it("of one campaign count once, the first in ascending order", () => {
    const campaign = coded({});
    const input = anInput([aLine()], [campaign], {
      codes: ["b-code", "a-code"],
      owners: new Map([
        ["A-CODE", "c1"],
        ["B-CODE", "c1"],
      ]),
    });
    expect(evaluate(input).applied.map((one) => one.code)).toEqual(["A-CODE"]);
    expect(evaluate(input).refused.map(({ code, reason }) => [code, reason])).toEqual([
      ["B-CODE", "not_combinable"],
    ]);
  });

  it("say what is missing", () => {
    const campaign = coded({ conditions: { minimumSpendMinor: 5_000n, minimumQuantity: 3, segments: [] } });
    const [refused] = evaluate(anInput([aLine()], [campaign], opened({ TEN: campaign }))).refused;
    expect(refused?.explanation).toBe("TEN needs at least 50.00 GBP and at least 3 units in the basket.");
  });

  it("open an offer for the customer's segment", () => {
    const campaign = coded({
      conditions: { minimumSpendMinor: undefined, minimumQuantity: 0, segments: ["trade", "staff"] },
    });
    const input = anInput([aLine()], [campaign], { ...opened({ TEN: campaign }), segments: ["staff"] });
    expect(evaluate(input).discountTotalMinor).toBe(100n);
  });
});

describe("an empty basket", () => {
  it("comes to nothing", () => {
    expect(evaluate(anInput([], [aCampaign()]))).toMatchObject({ lines: [], applied: [], totalMinor: 0n });
  });
});
