import { create, fromBinary, toBinary, toJson } from "@bufbuild/protobuf";
import { inTransaction, KeyReusedError, once } from "@charter/postgres";
import { callerName } from "@charter/server";

import { type CampaignSpec, CampaignSpecSchema } from "@shop/contract/shop/discount/v1/campaign_pb.js";
import {
  type CreateCampaignRequest,
  type CreateCampaignResponse,
  CreateCampaignResponseSchema,
} from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { v7 as uuidv7 } from "uuid";
import { checkCampaign } from "../domain/check-campaign.js";
import { normalizeCode } from "../domain/code.js";
import { countAutomatic, insertCampaign, type NewCampaign } from "../store/campaigns.js";
import { insertCodes } from "../store/codes.js";
import type { Tx } from "../store/schema.js";
import type { CallContext, Deps } from "./deps.js";
import { discountError } from "./discount-error.js";
import { campaignMessage } from "./mapping/campaign.js";
import { draftOf, rulesOf } from "./mapping/spec.js";

/** An evaluation looks at all automatic campaigns; this bounds its work. */
export const maxAutomaticCampaigns = 500;

export const createCampaign =
  ({ db, clock }: Deps) =>
  async (request: CreateCampaignRequest, call: CallContext): Promise<CreateCampaignResponse> => {
    const spec = normalized(request.spec);
    const operation = {
      scope: `CreateCampaign ${callerName(call)}`,
      key: request.idempotencyKey,
      fingerprint: toBinary(CampaignSpecSchema, spec),
    };
    const run = async (tx: Tx) => {
      const stored = await store(tx, spec, new Date(clock.nowMs()));
      const campaign = campaignMessage(stored, undefined);
      return toBinary(CreateCampaignResponseSchema, create(CreateCampaignResponseSchema, { campaign }));
    };
    try {
      const { answer } = await inTransaction(db, (tx) => once(tx, operation, () => run(tx)), {
        clock,
        deadline: call.deadline,
        signal: call.signal,
      });
      return fromBinary(CreateCampaignResponseSchema, answer);
    } catch (cause) {
      throw cause instanceof KeyReusedError ? discountError("IDEMPOTENCY_KEY_REUSED", { cause }) : cause;
    }
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
    throw discountError("CAMPAIGN_INVALID", { fieldViolations });
  }
  return create(CampaignSpecSchema, { ...spec, codes: spec.codes.map(normalizeCode) });
}

async function store(tx: Tx, spec: CampaignSpec, now: Date): Promise<NewCampaign> {
  const rules = rulesOf(spec);
  if (rules.automatic && (await countAutomatic(tx, now)) >= maxAutomaticCampaigns) {
    throw discountError("TOO_MANY_AUTOMATIC_CAMPAIGNS");
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
  if (taken !== undefined) throw discountError("CODE_TAKEN", { metadata: { code: taken } });
  return campaign;
}
