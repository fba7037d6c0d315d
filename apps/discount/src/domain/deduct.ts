import { shareOf, smaller, sum } from "./amount.js";
import type { Basket } from "./basket.js";
import { buyXGetY } from "./benefits/buy-x-get-y.js";
import { fixedAmountOff } from "./benefits/fixed-amount.js";
import { percentageOffEach, percentageOffSum } from "./benefits/percentage.js";
import type { Benefit, Campaign } from "./campaign.js";
import type { Deduction, Remaining } from "./remaining.js";
import { classOf, linesInScope } from "./scope.js";
import { spread } from "./spread.js";

/** What a campaign takes off of what the ones before it left: its benefit, under its cap. Conditions and limits are not looked at. */
export function deduct(campaign: Campaign, basket: Basket, remaining: Remaining): Deduction {
  if (campaign.scope.kind === "shipping") {
    const amount = offShipping(campaign.benefit, remaining.shippingMinor);
    return { lines: new Map(), shippingMinor: capped(campaign, amount) };
  }
  const amounts = offLines(campaign, basket, remaining);
  const total = sum(amounts.values());
  const allowed = capped(campaign, total);
  // The uncapped parts as weights keep each line's part at or below what it would have been.
  const lines = allowed < total ? spread(allowed, amounts) : positive(amounts);
  return { lines, shippingMinor: 0n };
}

function offShipping(benefit: Benefit, leftMinor: bigint): bigint {
  switch (benefit.kind) {
    case "percentage":
      return shareOf(leftMinor, benefit.basisPoints);
    case "fixed_amount":
      return smaller(benefit.amountMinor, leftMinor);
    case "free_shipping":
      return leftMinor;
    case "buy_x_get_y":
      return 0n;
  }
}

function offLines(campaign: Campaign, basket: Basket, remaining: Remaining): ReadonlyMap<string, bigint> {
  const { benefit, scope } = campaign;
  const lines = linesInScope(scope, basket);
  const left = new Map(lines.map((line) => [line.id, remaining.lines.get(line.id) ?? 0n]));
  switch (benefit.kind) {
    case "percentage":
      return classOf(scope) === "order" ? percentageOffSum(benefit, left) : percentageOffEach(benefit, left);
    case "fixed_amount":
      return fixedAmountOff(benefit, lines, left);
    case "buy_x_get_y":
      return buyXGetY(benefit, lines, basket.lines, remaining.lines);
    case "free_shipping":
      return new Map();
  }
}

function capped(campaign: Campaign, amountMinor: bigint): bigint {
  return campaign.maxDiscountMinor === undefined
    ? amountMinor
    : smaller(amountMinor, campaign.maxDiscountMinor);
}

function positive(amounts: ReadonlyMap<string, bigint>): ReadonlyMap<string, bigint> {
  return new Map([...amounts].filter(([, amount]) => amount > 0n));
}
