import { create } from "@bufbuild/protobuf";
import { type Basket, BasketSchema } from "@shop/contract/shop/discount/v1/basket_pb.js";
import type { EvaluateRequest } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { enteredCodes } from "../domain/code.js";
import { evaluate as evaluateBasket } from "../domain/evaluate.js";
import type { Usage } from "../domain/usage.js";
import { campaignsForEvaluation } from "../store/campaigns.js";
import { ownersOf } from "../store/codes.js";
import { type LiveUsage, usageOf } from "../store/usage.js";
import type { Deps } from "./deps.js";
import { basketOf } from "./mapping/basket.js";
import { campaignOf } from "./mapping/campaign.js";
import { evaluationMessage } from "./mapping/evaluation.js";
import { msOf } from "./mapping/time.js";

export const evaluate =
  ({ db, clock }: Deps) =>
  async (request: EvaluateRequest) => {
    const message: Basket = request.basket ?? create(BasketSchema);
    const nowMs = clock.nowMs();
    const atMs = msOf(request.evaluateTime) ?? nowMs;
    const owners = await ownersOf(db, enteredCodes(message.codes));
    const stored = await campaignsForEvaluation(db, new Date(atMs), [...owners.values()]);
    const ids = stored.map((campaign) => campaign.campaignId);
    const usage = await usageOf(db, ids, message.customerId || undefined, new Date(nowMs));
    const evaluation = evaluateBasket({
      basket: basketOf(message),
      codes: message.codes,
      campaigns: stored.map(campaignOf),
      owners,
      usage: new Map([...usage].map(([id, live]) => [id, usageFor(live)])),
      nowMs: atMs,
    });
    return { evaluation: evaluationMessage(evaluation, message.currencyCode, atMs) };
  };

function usageFor(live: LiveUsage): Usage {
  return {
    redemptions: live.reservedCount + live.committedCount,
    spentMinor: live.reservedMinor + live.committedMinor,
    customerRedemptions: live.customerCount,
  };
}
