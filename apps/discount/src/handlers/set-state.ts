import type { MessageInitShape } from "@bufbuild/protobuf";
import { inTransaction } from "@charter/postgres";

import type { CampaignSchema } from "@shop/contract/shop/discount/v1/campaign_pb.js";
import { DiscountError, discountError } from "../discount-error.js";
import { campaignMessage } from "../messages/campaign.js";
import { lockCampaign, setCampaignState } from "../store/campaigns.js";
import { usageOf } from "../store/usage.js";
import type { CallContext, DiscountDeps } from "./discount-deps.js";

/** Brings a campaign that is not archived into a state, and answers it; nothing changes where it is in that state already. */
export function setState(
  { db, clock }: DiscountDeps,
  campaignId: string,
  state: "active" | "paused",
  call: CallContext,
): Promise<MessageInitShape<typeof CampaignSchema>> {
  const now = new Date(clock.nowMs());
  const options = { clock, deadline: call.deadline, signal: call.signal };
  return inTransaction(
    db,
    async (tx) => {
      const found = await lockCampaign(tx, campaignId);
      const metadata = { campaign_id: campaignId };
      if (!found) throw discountError(DiscountError.CAMPAIGN_NOT_FOUND, { metadata });
      if (found.state === "archived") throw discountError(DiscountError.CAMPAIGN_ARCHIVED, { metadata });
      const stored = found.state === state ? found : await setCampaignState(tx, campaignId, state, now);
      const usage = await usageOf(tx, [campaignId], undefined, now);
      return campaignMessage(stored, usage.get(campaignId));
    },
    options,
  );
}
