import { type Implementation, implement } from "@charter/server";
import { DiscountService } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { commitRedemption } from "./commit-redemption.js";
import { createCampaign } from "./create-campaign.js";
import type { DiscountDeps } from "./discount-deps.js";
import { evaluate } from "./evaluate.js";
import { getCampaign } from "./get-campaign.js";
import { listCampaigns } from "./list-campaigns.js";
import { pauseCampaign } from "./pause-campaign.js";
import { releaseRedemption } from "./release-redemption.js";
import { reserveRedemption } from "./reserve-redemption.js";
import { resumeCampaign } from "./resume-campaign.js";
import { rollbackRedemption } from "./rollback-redemption.js";

/** The functions behind DiscountService. */
export function discountHandlers(deps: DiscountDeps): Implementation {
  return implement(DiscountService, {
    createCampaign: createCampaign(deps),
    pauseCampaign: pauseCampaign(deps),
    resumeCampaign: resumeCampaign(deps),
    getCampaign: getCampaign(deps),
    listCampaigns: listCampaigns(deps),
    evaluate: evaluate(deps),
    reserveRedemption: reserveRedemption(deps),
    commitRedemption: commitRedemption(deps),
    releaseRedemption: releaseRedemption(deps),
    rollbackRedemption: rollbackRedemption(deps),
  });
}
