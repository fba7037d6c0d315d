import { create, fromJson, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type CampaignSchema,
  type CampaignSpec,
  CampaignSpecSchema,
  CampaignState as StateMessage,
} from "@shop/contract/shop/discount/v1/campaign_pb.js";
import type { Campaign, CampaignState } from "../domain/campaign.js";
import type { StoredCampaign } from "../store/campaigns.js";
import type { LiveUsage } from "../store/usage.js";
import { rulesOf } from "./spec.js";
import { timestampOf } from "./time.js";

/** A stored campaign as the rules see it. */
export function campaignOf(stored: StoredCampaign): Campaign {
  return { id: stored.campaignId, state: stored.state, ...rulesOf(specOf(stored)) };
}

function specOf(stored: StoredCampaign): CampaignSpec {
  // A newer build may have written fields that this one does not know.
  return fromJson(CampaignSpecSchema, stored.spec, { ignoreUnknownFields: true });
}

/** A stored campaign for operators. */
export function campaignMessage(
  stored: StoredCampaign,
  usage: LiveUsage | undefined,
): MessageInitShape<typeof CampaignSchema> {
  return { ...bareMessage(stored), spec: specOf(stored), usage: usageMessage(usage) };
}

/** A stored campaign for storefronts: nothing that helps to use it up or tells who it is for. */
export function offerMessage(stored: StoredCampaign): MessageInitShape<typeof CampaignSchema> {
  const spec = specOf(stored);
  const conditions = spec.conditions && { ...spec.conditions, segments: [] };
  const { $unknown, limits, ...open } = spec;
  return {
    ...bareMessage(stored),
    spec: create(CampaignSpecSchema, { ...open, name: "", codes: [], ...(conditions && { conditions }) }),
  };
}

function bareMessage(stored: StoredCampaign) {
  return {
    campaignId: stored.campaignId,
    version: stored.version,
    state: states[stored.state],
    createTime: timestampOf(stored.createdAt),
    updateTime: timestampOf(stored.updatedAt),
  };
}

function usageMessage(usage: LiveUsage | undefined) {
  return {
    reservedRedemptions: usage?.reservedCount ?? 0n,
    committedRedemptions: usage?.committedCount ?? 0n,
    reservedMinor: usage?.reservedMinor ?? 0n,
    committedMinor: usage?.committedMinor ?? 0n,
  };
}

const states: Readonly<Record<CampaignState, StateMessage>> = {
  active: StateMessage.ACTIVE,
  paused: StateMessage.PAUSED,
  archived: StateMessage.ARCHIVED,
};

/** The state that a filter asks for; undefined: any. */
export function stateFilter(message: StateMessage): CampaignState | undefined {
  switch (message) {
    case StateMessage.ACTIVE:
      return "active";
    case StateMessage.PAUSED:
      return "paused";
    case StateMessage.ARCHIVED:
      return "archived";
    default:
      return undefined;
  }
}
