import type { Campaign } from "./campaign.js";
import { compareAmount, compareText } from "./compare.js";
import type { Offer } from "./eligibility.js";
import type { RefusalReason } from "./evaluation.js";
import { classOf } from "./scope.js";

/** Offers that apply together, and why the others do not. */
export interface Choice {
  readonly taken: readonly Offer[];
  readonly refused: readonly { readonly offer: Offer; readonly reason: RefusalReason }[];
}

/**
 * Takes offers by priority, then by saving, each that combines with all taken before. This is not the best of all
 * combinations: that one would cost exponential time and nobody could explain it. An operator who wants another outcome
 * raises a priority.
 */
export function choose(offers: readonly Offer[]): Choice {
  const taken: Offer[] = [];
  const refused: { offer: Offer; reason: RefusalReason }[] = [];
  for (const offer of [...offers].sort(byClaim)) {
    const blocker = taken.find((other) => !combine(offer.campaign, other.campaign));
    if (blocker) refused.push({ offer, reason: reasonFor(offer, blocker) });
    else taken.push(offer);
  }
  return { taken, refused };
}

/** Two campaigns combine when each lists the class of the other. */
export function combine(a: Campaign, b: Campaign): boolean {
  return a.combinesWith.includes(classOf(b.scope)) && b.combinesWith.includes(classOf(a.scope));
}

function byClaim(a: Offer, b: Offer): number {
  return (
    b.campaign.priority - a.campaign.priority ||
    compareAmount(b.savingMinor, a.savingMinor) ||
    compareText(a.campaign.id, b.campaign.id)
  );
}

function reasonFor(offer: Offer, blocker: Offer): RefusalReason {
  return blocker.campaign.priority > offer.campaign.priority ? "not_combinable" : "lost_to_better_offer";
}
