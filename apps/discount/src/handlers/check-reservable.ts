import { invalidArgument } from "@charter/server";
import { DiscountError, discountError } from "../discount-error.js";
import { runningRefusal } from "../domain/eligibility.js";
import { campaignOf } from "../messages/campaign.js";
import { findCampaigns, type StoredCampaign } from "../store/campaigns.js";
import { ownersOf } from "../store/codes.js";
import type { NewRedemption } from "../store/redemptions.js";
import type { Tx } from "../store/schema.js";

type Item = NewRedemption["items"][number];

/** Refuses, with the contract's reason, items of campaigns that do not run and codes that do not open them. */
export async function checkReservable(tx: Tx, items: readonly Item[], nowMs: number): Promise<void> {
  const ids = items.map((item) => item.campaignId);
  const campaigns = new Map((await findCampaigns(tx, ids)).map((stored) => [stored.campaignId, stored]));
  const owners = await ownersOf(
    tx,
    items.map((item) => item.code),
  );
  for (const item of items) checkItem(item, campaigns.get(item.campaignId), owners.get(item.code), nowMs);
}

function checkItem(
  { campaignId, code, currency }: Item,
  stored: StoredCampaign | undefined,
  ownerId: string | undefined,
  nowMs: number,
): void {
  const metadata = { campaign_id: campaignId };
  if (!stored) throw discountError(DiscountError.CAMPAIGN_NOT_FOUND, { metadata });
  const campaign = campaignOf(stored);
  if (runningRefusal(campaign, nowMs)) throw discountError(DiscountError.CAMPAIGN_NOT_RUNNING, { metadata });
  const opens = campaign.automatic ? code === "" : ownerId === campaignId;
  if (!opens) throw discountError(DiscountError.CODE_MISMATCH, { metadata: { ...metadata, code } });
  if (campaign.currency !== undefined && campaign.currency !== currency) {
    throw invalidArgument("items.amount.currency_code", `campaign ${campaignId} is in ${campaign.currency}`);
  }
}
