import { create, type MessageInitShape, toJson } from "@bufbuild/protobuf";
import { inTransaction } from "@charter/postgres";
import { type CampaignSpec, CampaignSpecSchema } from "@shop/contract/shop/discount/v1/campaign_pb.js";
import type {
  CreateCampaignRequest,
  CreateCampaignResponseSchema,
} from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { v7 as uuidv7 } from "uuid";
import { DiscountError, discountError } from "../discount-error.js";
import { checkCampaign } from "../domain/check-campaign.js";
import { normalizeCode } from "../domain/code.js";
import { campaignMessage } from "../messages/campaign.js";
import { draftOf, rulesOf } from "../messages/spec.js";
import { countAutomatic, insertCampaign, type NewCampaign } from "../store/campaigns.js";
import { insertCodes } from "../store/codes.js";
import type { Tx } from "../store/schema.js";
import type { CallContext, DiscountDeps } from "./discount-deps.js";

/** An evaluation looks at all automatic campaigns; this bounds its work. */
export const maxAutomaticCampaigns = 500;

export const createCampaign =
  ({ db, clock }: DiscountDeps) =>
  async (
    request: CreateCampaignRequest,
    call: CallContext,
  ): Promise<MessageInitShape<typeof CreateCampaignResponseSchema>> => {
    const spec = normalized(request.spec);
    const storeNow = (tx: Tx) => store(tx, spec, new Date(clock.nowMs()));
    const { deadline, signal } = call;
    const stored = await inTransaction(db, storeNow, { clock, deadline, signal });
    return { campaign: campaignMessage(stored, undefined) };
  };

/** The spec as it is stored: codes in capitals. CAMPAIGN_INVALID where its parts contradict each other. */
function normalized(message: CampaignSpec | undefined): CampaignSpec {
  const spec = create(CampaignSpecSchema, message ?? {});
  const problems = checkCampaign(draftOf(spec));
  if (problems.length > 0) {
    const fieldViolations = problems.map(({ field, description }) => ({
      field: `spec.${field}`,
      description,
    }));
    throw discountError(DiscountError.CAMPAIGN_INVALID, { fieldViolations });
  }
  return create(CampaignSpecSchema, { ...spec, codes: spec.codes.map(normalizeCode) });
}

async function store(tx: Tx, spec: CampaignSpec, now: Date): Promise<NewCampaign> {
  const rules = rulesOf(spec);
  if (rules.automatic && (await countAutomatic(tx, now)) >= maxAutomaticCampaigns) {
    throw discountError(DiscountError.TOO_MANY_AUTOMATIC_CAMPAIGNS);
  }
  const campaign: NewCampaign = {
    campaignId: uuidv7({ msecs: now.getTime() }),
    version: 1n,
    state: "active",
    spec: toJson(CampaignSpecSchema, spec),
    createdAt: now,
    updatedAt: now,
    automatic: rules.automatic,
    advertised: spec.advertised,
    startMs: rules.startMs,
    endMs: rules.endMs,
    currency: rules.currency,
    totalLimit: rules.limits.total,
    customerLimit: rules.limits.perCustomer,
    budgetMinor: rules.limits.budgetMinor,
  };
  await insertCampaign(tx, campaign);
  const taken = await insertCodes(tx, campaign.campaignId, spec.codes);
  if (taken !== undefined) throw discountError(DiscountError.CODE_TAKEN, { metadata: { code: taken } });
  return campaign;
}
