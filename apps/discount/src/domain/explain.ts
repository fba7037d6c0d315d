import type { Benefit, Campaign } from "./campaign.js";
import type { RefusalReason } from "./evaluation.js";
import { formatMoney } from "./format-money.js";

/** For shoppers: the campaign's title and what it does, e.g. "Winter sale: 10 % off". */
export function explainCampaign(campaign: Campaign, currency: string): string {
  const target = campaign.scope.kind === "shipping" ? " shipping" : "";
  return `${campaign.title}: ${explainBenefit(campaign.benefit, target, currency)}`;
}

function explainBenefit(benefit: Benefit, target: string, currency: string): string {
  switch (benefit.kind) {
    case "percentage":
      return `${percent(benefit.basisPoints)} off${target}`;
    case "fixed_amount":
      return `${formatMoney(benefit.amountMinor, currency)} off${benefit.perUnit ? " each" : target}`;
    case "free_shipping":
      return "free shipping";
    case "buy_x_get_y": {
      const reward = benefit.basisPoints === 10_000 ? "free" : `at ${percent(benefit.basisPoints)} off`;
      return `buy ${benefit.buyQuantity}, get ${benefit.getQuantity} ${reward}`;
    }
  }
}

function percent(basisPoints: number): string {
  return `${basisPoints / 100} %`;
}

/** For shoppers: why a code did not apply. `campaign` is undefined where no campaign owns the code. */
export function explainRefusal(
  code: string,
  reason: RefusalReason,
  campaign: Campaign | undefined,
  currency: string,
): string {
  return reason === "minimum_not_met" && campaign
    ? `${code} ${explainMinimum(campaign, currency)}`
    : `${code} ${refusals[reason]}`;
}

const refusals: Readonly<Record<RefusalReason, string>> = {
  not_found: "is not a code of this shop.",
  not_started: "is not valid yet.",
  expired: "is not valid any more.",
  paused: "cannot be used at the moment.",
  limit_reached: "has been used as often as it may be.",
  customer_limit_reached: "has been used by you as often as it may be.",
  not_applicable: "does not apply to anything in this basket.",
  minimum_not_met: "needs more in the basket.",
  budget_exhausted: "is used up.",
  not_combinable: "cannot be combined with another offer that applies.",
  lost_to_better_offer: "gave way to an offer that is at least as good.",
};

function explainMinimum({ conditions, scope, benefit }: Campaign, currency: string): string {
  const where = scope.kind === "products" || scope.kind === "collections" ? " of the products it is for" : "";
  const spend = conditions.minimumSpendMinor;
  const parts = [
    ...(spend === undefined ? [] : [`at least ${formatMoney(spend, currency)}`]),
    ...(conditions.minimumQuantity > 0 ? [`at least ${conditions.minimumQuantity} units`] : []),
  ];
  if (parts.length > 0) return `needs ${parts.join(" and ")}${where} in the basket.`;
  return benefit.kind === "buy_x_get_y"
    ? `needs enough units in the basket to ${explainBenefit(benefit, "", currency)}.`
    : refusals.minimum_not_met;
}
