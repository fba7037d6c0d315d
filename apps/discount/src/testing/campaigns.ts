import type { BasketLine } from "../domain/basket.js";
import type { Campaign } from "../domain/campaign.js";
import type { EvaluationInput } from "../domain/evaluate.js";

/** An automatic campaign that takes 10 % off every order and combines with everything, changed as a test needs it. */
export function aCampaign(change: Partial<Campaign> = {}): Campaign {
  return {
    id: "c1",
    state: "active",
    title: "Sale",
    automatic: true,
    benefit: { kind: "percentage", basisPoints: 1_000 },
    scope: { kind: "order" },
    conditions: { minimumSpendMinor: undefined, minimumQuantity: 0, segments: [] },
    startMs: undefined,
    endMs: undefined,
    priority: 0,
    combinesWith: ["product", "order", "shipping"],
    maxDiscountMinor: undefined,
    limits: { total: undefined, perCustomer: undefined, budgetMinor: undefined },
    currency: undefined,
    ...change,
  };
}

/** One unit of A at 10.00, changed as a test needs it. */
export function aLine(change: Partial<BasketLine> = {}): BasketLine {
  return { id: "l1", sku: "A", collections: [], quantity: 1, unitPriceMinor: 1_000n, ...change };
}

/** A basket of the lines and nothing else, to be evaluated under the campaigns. */
export function anInput(
  lines: readonly BasketLine[],
  campaigns: readonly Campaign[],
  change: Partial<Omit<EvaluationInput, "basket">> & {
    readonly shippingMinor?: bigint;
    readonly segments?: readonly string[];
  } = {},
): EvaluationInput {
  const { shippingMinor = 0n, segments = [], ...rest } = change;
  return {
    basket: { currency: "GBP", lines, shippingMinor, segments },
    codes: [],
    campaigns,
    owners: new Map(),
    usage: new Map(),
    nowMs: Date.UTC(2026, 0, 1),
    ...rest,
  };
}
