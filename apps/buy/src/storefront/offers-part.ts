import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type OfferSchema,
  OfferScope,
  type OffersPartSchema,
} from "@shop/contract/shop/buy/v1/storefront_service_pb.js";
import { type Campaign, type Scope, Trigger } from "@shop/contract/shop/discount/v1/campaign_pb.js";
import { PART_TIMEOUT_MS, type StorefrontDeps } from "./storefront-deps.js";

const MAX_OFFERS = 50;

/** What the shop advertises: the running campaigns that storefronts may show. */
export async function offersPart({
  discount,
}: Pick<StorefrontDeps, "discount">): Promise<MessageInitShape<typeof OffersPartSchema>> {
  const { campaigns } = await discount.listCampaigns(
    { page: { pageSize: MAX_OFFERS }, runningOnly: true, advertisedOnly: true },
    { timeoutMs: PART_TIMEOUT_MS },
  );
  return { offers: campaigns.map(offer) };
}

function offer({ campaignId, spec }: Campaign): MessageInitShape<typeof OfferSchema> {
  const minimumSpend = spec?.conditions?.minimumSpend;
  return {
    campaignId,
    title: spec?.title ?? "",
    ...scopeOf(spec?.scope),
    needsCode: spec?.trigger === Trigger.CODE,
    ...(minimumSpend ? { minimumSpend } : {}),
    ...(spec?.endTime ? { endTime: spec.endTime } : {}),
  };
}

function scopeOf(scope: Scope | undefined) {
  const kind = scope?.kind;
  switch (kind?.case) {
    case "products":
      return { scope: OfferScope.PRODUCTS, skus: kind.value.skus };
    case "collections":
      return { scope: OfferScope.COLLECTIONS, collections: kind.value.collections };
    case "shipping":
      return { scope: OfferScope.SHIPPING };
    default:
      return { scope: OfferScope.ORDER };
  }
}
