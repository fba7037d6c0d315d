import type { ResumeCampaignRequest } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import type { CallContext, DiscountDeps } from "./discount-deps.js";
import { setState } from "./set-state.js";

export const resumeCampaign =
  (deps: DiscountDeps) => async (request: ResumeCampaignRequest, call: CallContext) => ({
    campaign: await setState(deps, request.campaignId, "active", call),
  });
