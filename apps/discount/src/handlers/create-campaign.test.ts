import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  type CampaignSpecSchema,
  CampaignState,
  DiscountClass,
  Trigger,
} from "@shop/contract/shop/discount/v1/campaign_pb.js";
import { CreateCampaignRequestSchema } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { sql } from "kysely";
import { aSpec, callBy, type Harness, openHarness, operator, pounds } from "../testing/harness.js";
import { createCampaign, maxAutomaticCampaigns } from "./create-campaign.js";

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const createWith = (idempotencyKey: string, spec: MessageInitShape<typeof CampaignSpecSchema>) =>
  createCampaign(harness)(create(CreateCampaignRequestSchema, { idempotencyKey, spec }), callBy(operator));

describe("CreateCampaign", () => {
  it("answers an active campaign with its codes in capitals", async () => {
    const { campaign } = await createWith("k1", aSpec("summer-10", { advertised: true }));
    expect(campaign).toMatchObject({ version: 1n, state: CampaignState.ACTIVE });
    expect(campaign?.spec).toMatchObject({ codes: ["SUMMER-10"], title: "Welcome", advertised: true });
    expect(campaign?.spec?.combinesWith).toEqual([
      DiscountClass.PRODUCT,
      DiscountClass.ORDER,
      DiscountClass.SHIPPING,
    ]);
  });

  it("refuses a code that another campaign owns and leaves nothing behind", async () => {
    await createWith("k4", aSpec("OWNED"));
    const both = aSpec("FREE", { codes: ["FREE", "owned"] });
    await expect(createWith("k5", both)).rejects.toMatchObject({ reason: "CODE_TAKEN" });
    const { campaign } = await createWith("k5", aSpec("FREE"));
    expect(campaign?.spec?.codes).toEqual(["FREE"]);
  });

  it("names every contradiction by its field", async () => {
    const spec = aSpec("BAD", {
      benefit: { kind: { case: "freeShipping", value: {} } },
      conditions: { minimumSpend: pounds(5n) },
      limits: { budget: { currencyCode: "EUR", minor: 5n } },
    });
    const fieldViolations = [{ field: "spec.benefit.free_shipping" }, { field: "spec.limits.budget" }];
    await expect(createWith("k6", spec)).rejects.toMatchObject({
      reason: "CAMPAIGN_INVALID",
      details: [{}, { value: { fieldViolations } }],
    });
  });

  it("refuses more automatic campaigns than an evaluation looks at", async () => {
    await sql`INSERT INTO campaign
        (campaign_id, version, state, automatic, advertised, spec, created_at, updated_at)
      SELECT gen_random_uuid(), 1, 'paused', true, false, '{}', now(), now()
      FROM generate_series(1, ${maxAutomaticCampaigns})`.execute(harness.db);
    const automatic = aSpec("x", { trigger: Trigger.AUTOMATIC, codes: [] });
    await expect(createWith("k7", automatic)).rejects.toMatchObject({
      reason: "TOO_MANY_AUTOMATIC_CAMPAIGNS",
    });
    await expect(createWith("k8", aSpec("STILL"))).resolves.toBeDefined();
  });
});
