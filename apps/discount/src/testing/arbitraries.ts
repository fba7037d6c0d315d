import fc from "fast-check";
import type { BasketLine } from "../domain/basket.js";
import type { Benefit, Campaign, DiscountClass, Scope } from "../domain/campaign.js";
import type { EvaluationInput } from "../domain/evaluate.js";
import { aCampaign, anInput } from "./campaigns.js";

const sku = fc.constantFrom("A", "B", "C", "D");
const collection = fc.constantFrom("x", "y", "z");
const minor = (max: number) => fc.nat(max).map(BigInt);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 1 });

const line: fc.Arbitrary<Omit<BasketLine, "id">> = fc.record({
  sku,
  collections: fc.uniqueArray(collection),
  quantity: fc.integer({ min: 1, max: 9 }),
  unitPriceMinor: minor(2_000),
});

const classes = fc.uniqueArray(fc.constantFrom<DiscountClass>("product", "order", "shipping"));
const basisPoints = fc.integer({ min: 1, max: 10_000 });
const fixedAmount = (perUnit: fc.Arbitrary<boolean>): fc.Arbitrary<Benefit> =>
  fc.record({
    kind: fc.constant("fixed_amount" as const),
    amountMinor: minor(3_000).map((m) => m + 1n),
    perUnit,
  });
const percentage: fc.Arbitrary<Benefit> = fc.record({
  kind: fc.constant("percentage" as const),
  basisPoints,
});
const deal: fc.Arbitrary<Benefit> = fc.record({
  kind: fc.constant("buy_x_get_y" as const),
  buyQuantity: fc.integer({ min: 1, max: 3 }),
  getQuantity: fc.integer({ min: 1, max: 3 }),
  basisPoints,
  rewardSkus: fc.uniqueArray(sku, { maxLength: 2 }),
  maxApplications: fc.nat(2),
});

const goods: fc.Arbitrary<{ scope: Scope; benefit: Benefit }> = fc.record({
  scope: fc.oneof(
    fc.record({ kind: fc.constant("products" as const), skus: fc.uniqueArray(sku, { minLength: 1 }) }),
    fc.record({
      kind: fc.constant("collections" as const),
      collections: fc.uniqueArray(collection, { minLength: 1 }),
    }),
    fc.constant({ kind: "order" as const }),
  ),
  benefit: fc.oneof(percentage, fixedAmount(fc.boolean()), deal),
});
const shipping: fc.Arbitrary<{ scope: Scope; benefit: Benefit }> = fc.record({
  scope: fc.constant({ kind: "shipping" as const }),
  benefit: fc.oneof(
    percentage,
    fixedAmount(fc.constant(false)),
    fc.constant({ kind: "free_shipping" as const }),
  ),
});

const campaign: fc.Arbitrary<Omit<Campaign, "id">> = fc
  .record({
    what: fc.oneof({ arbitrary: goods, weight: 4 }, { arbitrary: shipping, weight: 1 }),
    automatic: fc.boolean(),
    state: fc.constantFrom("active" as const, "active" as const, "active" as const, "paused" as const),
    priority: fc.integer({ min: -1, max: 1 }),
    combinesWith: classes,
    maxDiscountMinor: maybe(minor(2_000).map((m) => m + 1n)),
    minimumQuantity: fc.nat(4),
    minimumSpendMinor: maybe(minor(3_000)),
    budgetMinor: maybe(minor(4_000)),
  })
  .map(({ what, minimumQuantity, minimumSpendMinor, budgetMinor, ...rest }) =>
    aCampaign({
      ...what,
      ...rest,
      conditions: { minimumQuantity, minimumSpendMinor, segments: [] },
      limits: { total: undefined, perCustomer: undefined, budgetMinor },
    }),
  );

/** Baskets of up to 6 lines under up to 6 campaigns of every kind, with the codes of those that need one and one that nobody owns. */
export const anyInput: fc.Arbitrary<EvaluationInput> = fc
  .record({
    lines: fc.array(line, { maxLength: 6 }),
    campaigns: fc.array(campaign, { maxLength: 6 }),
    shippingMinor: minor(1_000),
  })
  .map(({ lines, campaigns, shippingMinor }) => {
    const named = campaigns.map((one, index) => ({ ...one, id: `c${index}` }));
    const coded = named.filter((one) => !one.automatic);
    return anInput(
      lines.map((one, index) => ({ ...one, id: `l${index}` })),
      named,
      {
        shippingMinor,
        codes: [...coded.map((one) => `code-${one.id}`), "nobody's"],
        owners: new Map(coded.map((one) => [`CODE-${one.id.toUpperCase()}`, one.id])),
      },
    );
  });
