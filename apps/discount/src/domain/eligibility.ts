import { sum } from "./amount.js";
import { type Basket, subtotalMinor } from "./basket.js";
import type { Campaign } from "./campaign.js";
import { deduct } from "./deduct.js";
import type { RefusalReason } from "./evaluation.js";
import { totalOf, untouched } from "./remaining.js";
import { linesInScope } from "./scope.js";
import type { Usage } from "./usage.js";

/** A campaign that could apply to the basket if it were the only one. */
export interface Offer {
  readonly campaign: Campaign;
  /** The code that opened it; empty where it is automatic. */
  readonly code: string;
  /** What it takes off the untouched basket; positive, and at least what it takes off after others. */
  readonly savingMinor: bigint;
}

/** What it would take off alone, or the first reason in the contract's order why it may not. */
export function judge(
  campaign: Campaign,
  basket: Basket,
  usage: Usage,
  nowMs: number,
): { readonly savingMinor: bigint } | { readonly refusal: RefusalReason } {
  const refusal =
    runningRefusal(campaign, nowMs) ??
    limitRefusal(campaign, usage) ??
    applicableRefusal(campaign, basket) ??
    minimumRefusal(campaign, basket);
  if (refusal) return { refusal };
  const savingMinor = totalOf(deduct(campaign, basket, untouched(basket)));
  if (savingMinor === 0n) return { refusal: nothingToTake(campaign) };
  return overBudget(campaign, usage, savingMinor) ? { refusal: "budget_exhausted" } : { savingMinor };
}

/** Why the campaign does not run at this moment, if so. */
export function runningRefusal(campaign: Campaign, nowMs: number): RefusalReason | undefined {
  if (campaign.state === "archived") return "not_found";
  if (campaign.startMs !== undefined && nowMs < campaign.startMs) return "not_started";
  if (campaign.endMs !== undefined && nowMs >= campaign.endMs) return "expired";
  return campaign.state === "paused" ? "paused" : undefined;
}

function limitRefusal({ limits }: Campaign, usage: Usage): RefusalReason | undefined {
  if (limits.total !== undefined && usage.redemptions >= limits.total) return "limit_reached";
  if (limits.perCustomer !== undefined && usage.customerRedemptions >= limits.perCustomer) {
    return "customer_limit_reached";
  }
  return undefined;
}

function applicableRefusal(campaign: Campaign, basket: Basket): RefusalReason | undefined {
  const { currency, conditions, scope } = campaign;
  const foreign = currency !== undefined && currency !== basket.currency;
  const forOthers =
    conditions.segments.length > 0 &&
    !conditions.segments.some((segment) => basket.segments.includes(segment));
  const nothing =
    scope.kind === "shipping" ? basket.shippingMinor === 0n : linesInScope(scope, basket).length === 0;
  return foreign || forOthers || nothing ? "not_applicable" : undefined;
}

function minimumRefusal({ conditions, scope }: Campaign, basket: Basket): RefusalReason | undefined {
  const lines = linesInScope(scope, basket);
  const units = lines.reduce((count, line) => count + line.quantity, 0);
  const spend = sum(lines.map(subtotalMinor));
  const enough = units >= conditions.minimumQuantity && spend >= (conditions.minimumSpendMinor ?? 0n);
  return enough ? undefined : "minimum_not_met";
}

/** A deal over units takes nothing when there are too few of them; anything else when there is nothing worth money. */
function nothingToTake({ benefit }: Campaign): RefusalReason {
  return benefit.kind === "buy_x_get_y" ? "minimum_not_met" : "not_applicable";
}

function overBudget({ limits }: Campaign, usage: Usage, savingMinor: bigint): boolean {
  return limits.budgetMinor !== undefined && usage.spentMinor + savingMinor > limits.budgetMinor;
}
