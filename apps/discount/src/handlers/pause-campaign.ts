import type { Call } from "@charter/server";
import type { PauseCampaignRequest } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import type { Deps } from "./deps.js";
import { setState } from "./set-state.js";

export const pauseCampaign = (deps: Deps) => async (request: PauseCampaignRequest, call: Call) => ({
  campaign: await setState(deps, request.campaignId, "paused", call),
});
