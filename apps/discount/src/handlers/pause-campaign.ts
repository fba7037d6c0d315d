import type { PauseCampaignRequest } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import type { CallContext, Deps } from "./deps.js";
import { setState } from "./set-state.js";

export const pauseCampaign = (deps: Deps) => async (request: PauseCampaignRequest, call: CallContext) => ({
  campaign: await setState(deps, request.campaignId, "paused", call),
});
