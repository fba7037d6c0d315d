import { create } from "@bufbuild/protobuf";
import { type Basket, BasketSchema } from "@shop/contract/shop/discount/v1/basket_pb.js";
import type { EvaluateRequest } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { enteredCodes } from "../domain/code.js";
import { evaluate as evaluateBasket } from "../domain/evaluate.js";
import type { Usage } from "../domain/usage.js";
import { basketOf } from "../messages/basket.js";
import { campaignOf } from "../messages/campaign.js";
import { evaluationMessage } from "../messages/evaluation.js";
import { msOf } from "../messages/time.js";
import { campaignsForEvaluation } from "../store/campaigns.js";
import { ownersOf } from "../store/codes.js";
import { type LiveUsage, usageOf } from "../store/usage.js";
import type { DiscountDeps } from "./discount-deps.js";

export const evaluate =
  ({ db, clock }: DiscountDeps) =>
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
