import { type Acted, act } from "./act.js";
import type { Basket } from "./basket.js";
import type { Campaign } from "./campaign.js";
import { choose } from "./choose.js";
import { enteredCodes } from "./code.js";
import { judge, type Offer } from "./eligibility.js";
import type { Evaluation, RefusalReason, RefusedCode } from "./evaluation.js";
import { explainRefusal } from "./explain.js";
import { price } from "./price.js";
import { type Usage, unused } from "./usage.js";

/** All that an evaluation depends on. */
export interface EvaluationInput {
  readonly basket: Basket;
  /** As they were typed. */
  readonly codes: readonly string[];
  /** The automatic campaigns, and those that own an entered code; in any order. */
  readonly campaigns: readonly Campaign[];
  /** Normalized code -> id of the campaign that owns it. */
  readonly owners: ReadonlyMap<string, string>;
  /** By campaign id; absent: unused. */
  readonly usage: ReadonlyMap<string, Usage>;
  readonly nowMs: number;
}

/** Says what the basket costs less, and why. Pure: the same input in any order gives the same output. */
export function evaluate(input: EvaluationInput): Evaluation {
  const codes = enteredCodes(input.codes);
  const opened = openedBy(codes, input.owners);
  const reasons = new Map<string, RefusalReason>();
  const offers = judgeAll(input, opened, reasons);
  const choice = choose(offers);
  for (const { offer, reason } of choice.refused) reasons.set(offer.campaign.id, reason);
  const acted = act(choice.taken, input.basket);
  for (const offer of choice.taken) {
    if (!acted.some((one) => one.offer === offer)) reasons.set(offer.campaign.id, "lost_to_better_offer");
  }
  return { ...price(input.basket, acted), refused: refuse(input, codes, acted, reasons) };
}

/** Campaign id -> the first of its codes that was entered. */
function openedBy(
  codes: readonly string[],
  owners: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const opened = new Map<string, string>();
  for (const code of codes) {
    const id = owners.get(code);
    if (id !== undefined && !opened.has(id)) opened.set(id, code);
  }
  return opened;
}

function judgeAll(
  input: EvaluationInput,
  opened: ReadonlyMap<string, string>,
  reasons: Map<string, RefusalReason>,
): Offer[] {
  const offers: Offer[] = [];
  for (const campaign of input.campaigns) {
    const code = campaign.automatic ? "" : opened.get(campaign.id);
    if (code === undefined) continue;
    const verdict = judge(campaign, input.basket, input.usage.get(campaign.id) ?? unused, input.nowMs);
    if ("refusal" in verdict) reasons.set(campaign.id, verdict.refusal);
    else offers.push({ campaign, code, savingMinor: verdict.savingMinor });
  }
  return offers;
}

function refuse(
  input: EvaluationInput,
  codes: readonly string[],
  acted: readonly Acted[],
  reasons: ReadonlyMap<string, RefusalReason>,
): readonly RefusedCode[] {
  const used = new Set(acted.map(({ offer }) => offer.code));
  const campaigns = new Map(input.campaigns.map((campaign) => [campaign.id, campaign]));
  return codes
    .filter((code) => !used.has(code))
    .map((code) => {
      const campaign = campaigns.get(input.owners.get(code) ?? "");
      // A campaign without a reason has applied, so another of its codes has opened it.
      const reason = campaign ? (reasons.get(campaign.id) ?? "not_combinable") : "not_found";
      return { code, reason, explanation: explainRefusal(code, reason, campaign, input.basket.currency) };
    });
}
