import type { PauseCampaignRequest } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import type { CallContext, DiscountDeps } from "./discount-deps.js";
import { setState } from "./set-state.js";

export const pauseCampaign =
  (deps: DiscountDeps) => async (request: PauseCampaignRequest, call: CallContext) => ({
    campaign: await setState(deps, request.campaignId, "paused", call),
  });
