import type { Acted } from "./act.js";
import { sum } from "./amount.js";
import { type Basket, subtotalMinor } from "./basket.js";
import type { Adjustment, AppliedCampaign, Evaluation, Priced } from "./evaluation.js";
import { explainCampaign } from "./explain.js";
import { totalOf } from "./remaining.js";

/** What the basket comes to when these offers have acted, line by line and in all. */
export function price(basket: Basket, acted: readonly Acted[]): Omit<Evaluation, "refused"> {
  const applied = acted.map((one) => appliedCampaign(one, basket.currency));
  const lines = basket.lines.map((line) => ({
    lineId: line.id,
    ...priced(
      subtotalMinor(line),
      applied,
      acted.map(({ deduction }) => deduction.lines.get(line.id) ?? 0n),
    ),
  }));
  const shippingParts = acted.map(({ deduction }) => deduction.shippingMinor);
  const goodsSubtotalMinor = sum(lines.map((line) => line.subtotalMinor));
  const goodsDiscountMinor = sum(acted.map(({ deduction }) => sum(deduction.lines.values())));
  const shippingDiscountMinor = sum(shippingParts);
  const discountTotalMinor = goodsDiscountMinor + shippingDiscountMinor;
  return {
    lines,
    shipping: priced(basket.shippingMinor, applied, shippingParts),
    applied,
    goodsSubtotalMinor,
    goodsDiscountMinor,
    shippingDiscountMinor,
    discountTotalMinor,
    totalMinor: goodsSubtotalMinor + basket.shippingMinor - discountTotalMinor,
  };
}

function appliedCampaign({ offer, deduction }: Acted, currency: string): AppliedCampaign {
  return {
    campaignId: offer.campaign.id,
    code: offer.code,
    title: offer.campaign.title,
    explanation: explainCampaign(offer.campaign, currency),
    amountMinor: totalOf(deduction),
  };
}

/** @param parts what each applied campaign took off, in their order; zero where it took nothing */
function priced(fullMinor: bigint, applied: readonly AppliedCampaign[], parts: readonly bigint[]): Priced {
  const adjustments = applied.flatMap(({ campaignId, code, explanation }, index): Adjustment[] => {
    const amountMinor = parts[index] ?? 0n;
    return amountMinor === 0n ? [] : [{ campaignId, code, explanation, amountMinor }];
  });
  return { subtotalMinor: fullMinor, adjustments, totalMinor: fullMinor - sum(parts) };
}
