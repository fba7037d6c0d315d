import type { GetCampaignRequest } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { DiscountError, discountError } from "../discount-error.js";
import { campaignMessage } from "../messages/campaign.js";
import { findCampaign } from "../store/campaigns.js";
import { usageOf } from "../store/usage.js";
import type { DiscountDeps } from "./discount-deps.js";

export const getCampaign =
  ({ db, clock }: DiscountDeps) =>
  async ({ campaignId }: GetCampaignRequest) => {
    const stored = await findCampaign(db, campaignId);
    if (!stored)
      throw discountError(DiscountError.CAMPAIGN_NOT_FOUND, { metadata: { campaign_id: campaignId } });
    const usage = await usageOf(db, [campaignId], undefined, new Date(clock.nowMs()));
    return { campaign: campaignMessage(stored, usage.get(campaignId)) };
  };
