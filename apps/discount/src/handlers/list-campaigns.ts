import { hasRole, pageSizeOf, readPageToken, writePageToken } from "@charter/server";
import { Trigger } from "@shop/contract/shop/discount/v1/campaign_pb.js";
import type { ListCampaignsRequest } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { campaignMessage, offerMessage, stateFilter } from "../messages/campaign.js";
import { type CampaignFilter, listCampaigns as selectCampaigns } from "../store/campaigns.js";
import { usageOf } from "../store/usage.js";
import type { CallContext, DiscountDeps } from "./discount-deps.js";

export const listCampaigns =
  ({ db, clock }: DiscountDeps) =>
  async (request: ListCampaignsRequest, call: CallContext) => {
    const now = new Date(clock.nowMs());
    const operator = hasRole(call.principal, "operator");
    const size = pageSizeOf(request.page);
    // One more than is shown, to know whether the list goes on.
    const found = await selectCampaigns(db, filterOf(request, operator, now, size + 1));
    const shown = found.slice(0, size);
    const last = found.length > size ? shown.at(-1) : undefined;
    const ids = shown.map((campaign) => campaign.campaignId);
    const usage = await usageOf(db, operator ? ids : [], undefined, now);
    const message = (stored: (typeof shown)[number]) =>
      operator ? campaignMessage(stored, usage.get(stored.campaignId)) : offerMessage(stored);
    return {
      campaigns: shown.map(message),
      page: { nextPageToken: last ? writePageToken(listOf(request), [last.campaignId]) : "" },
    };
  };

function filterOf(
  request: ListCampaignsRequest,
  operator: boolean,
  now: Date,
  limit: number,
): CampaignFilter {
  const trigger = request.trigger;
  return {
    state: stateFilter(request.state),
    automatic: trigger === Trigger.UNSPECIFIED ? undefined : trigger === Trigger.AUTOMATIC,
    runningAt: request.runningOnly || !operator ? now : undefined,
    advertisedOnly: request.advertisedOnly || !operator,
    after: readPageToken(request.page, listOf(request))?.[0],
    limit,
  };
}

/** What makes the list the one it is. */
function listOf({ state, trigger, runningOnly, advertisedOnly }: ListCampaignsRequest): readonly string[] {
  return ["campaigns", ...[state, trigger, runningOnly, advertisedOnly].map(String)];
}
