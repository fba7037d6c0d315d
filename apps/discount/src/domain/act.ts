import type { Basket } from "./basket.js";
import { compareText } from "./compare.js";
import { deduct } from "./deduct.js";
import type { Offer } from "./eligibility.js";
import { after, type Deduction, totalOf, untouched } from "./remaining.js";
import { classOf } from "./scope.js";

/** An offer that has taken something off. */
export interface Acted {
  readonly offer: Offer;
  readonly deduction: Deduction;
}

/** Lets the taken offers act one after the other; those that found nothing left are not in the result. */
export function act(taken: readonly Offer[], basket: Basket): readonly Acted[] {
  const acted: Acted[] = [];
  let remaining = untouched(basket);
  for (const offer of [...taken].sort(byTurn)) {
    const deduction = deduct(offer.campaign, basket, remaining);
    if (totalOf(deduction) === 0n) continue;
    remaining = after(remaining, deduction);
    acted.push({ offer, deduction });
  }
  return acted;
}

const turn = { product: 0, order: 1, shipping: 2 } as const;

function byTurn({ campaign: a }: Offer, { campaign: b }: Offer): number {
  return (
    turn[classOf(a.scope)] - turn[classOf(b.scope)] || b.priority - a.priority || compareText(a.id, b.id)
  );
}
