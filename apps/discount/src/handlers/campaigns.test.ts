import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Principal } from "@charter/identity";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { CampaignState, Trigger } from "@shop/contract/shop/discount/v1/campaign_pb.js";
import {
  GetCampaignRequestSchema,
  ListCampaignsRequestSchema,
  PauseCampaignRequestSchema,
  ResumeCampaignRequestSchema,
} from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { aSpec, buy, callBy, type Harness, openHarness, operator, pounds } from "../testing/harness.js";
import { getCampaign } from "./get-campaign.js";
import { listCampaigns } from "./list-campaigns.js";
import { pauseCampaign } from "./pause-campaign.js";
import { resumeCampaign } from "./resume-campaign.js";

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness();
});
afterEach(() => harness.close());

const get = (campaignId: string) => getCampaign(harness)(create(GetCampaignRequestSchema, { campaignId }));
const pause = (campaignId: string) =>
  pauseCampaign(harness)(create(PauseCampaignRequestSchema, { campaignId }), callBy(operator));
const resume = (campaignId: string) =>
  resumeCampaign(harness)(create(ResumeCampaignRequestSchema, { campaignId }), callBy(operator));
const list = (request: MessageInitShape<typeof ListCampaignsRequestSchema> = {}, by: Principal = operator) =>
  listCampaigns(harness)(create(ListCampaignsRequestSchema, request), callBy(by));

describe("GetCampaign", () => {
  it("answers the usage of this moment, expired reservations not counted", async () => {
    const id = await harness.campaign(aSpec("TEN"));
    await harness.reserve("short", id, { code: "TEN", ttlS: 10 });
    await harness.reserve("long", id, { code: "TEN", ttlS: 60 });
    await harness.reserve("done", id, { code: "TEN" });
    await harness.commit("done");
    await harness.clock.advance(10_000);
    expect((await get(id)).campaign.usage).toEqual({
      reservedRedemptions: 1n,
      committedRedemptions: 1n,
      reservedMinor: 100n,
      committedMinor: 100n,
    });
  });

  it("does not know every id", async () => {
    await expect(get(uuidv7())).rejects.toMatchObject({ reason: "CAMPAIGN_NOT_FOUND" });
  });
});

describe("PauseCampaign and ResumeCampaign", () => {
  it("stop and start a campaign, and repeat without effect", async () => {
    const id = await harness.campaign(aSpec("TEN"));
    const paused = await pause(id);
    expect(paused.campaign).toMatchObject({ state: CampaignState.PAUSED, version: 2n });
    expect(await pause(id)).toEqual(paused);
    await expect(harness.reserve("r", id, { code: "TEN" })).rejects.toMatchObject({
      reason: "CAMPAIGN_NOT_RUNNING",
    });
    expect((await resume(id)).campaign).toMatchObject({ state: CampaignState.ACTIVE, version: 3n });
    await expect(harness.reserve("r", id, { code: "TEN" })).resolves.toBeDefined();
  });

  it("leave an archived campaign as it is", async () => {
    const id = await harness.campaign(aSpec("TEN"));
    await sql`UPDATE campaign SET state = 'archived'`.execute(harness.db);
    await expect(pause(id)).rejects.toMatchObject({ reason: "CAMPAIGN_ARCHIVED" });
    await expect(resume(uuidv7())).rejects.toMatchObject({ reason: "CAMPAIGN_NOT_FOUND" });
  });
});

describe("ListCampaigns", () => {
  it("pages through all campaigns, the latest first", async () => {
    const ids: string[] = [];
    for (const code of ["ONE", "TWO", "THREE"]) {
      ids.unshift(await harness.campaign(aSpec(code)));
      await harness.clock.advance(1);
    }
    const first = await list({ page: { pageSize: 2 } });
    const second = await list({ page: { pageSize: 2, pageToken: first.page.nextPageToken } });
    const listed = [...first.campaigns, ...second.campaigns].map((campaign) => campaign.campaignId);
    expect(listed).toEqual(ids);
    expect(second.page.nextPageToken).toBe("");
  });

  it("filters by state, trigger, window and advertisement", async () => {
    const startTime = { seconds: BigInt(harness.clock.nowMs() / 1_000 + 60) };
    const later = await harness.campaign(aSpec("LATER", { startTime }));
    const automatic = await harness.campaign(
      aSpec("x", { trigger: Trigger.AUTOMATIC, codes: [], advertised: true }),
    );
    const paused = await harness.campaign(aSpec("PAUSED"));
    await pause(paused);
    const ids = async (request: Parameters<typeof list>[0]) =>
      (await list(request)).campaigns.map((campaign) => campaign.campaignId);
    expect(await ids({ state: CampaignState.PAUSED })).toEqual([paused]);
    expect(await ids({ trigger: Trigger.AUTOMATIC })).toEqual([automatic]);
    expect(await ids({ runningOnly: true })).toEqual([automatic]);
    expect(await ids({ advertisedOnly: true })).toEqual([automatic]);
    await harness.clock.advance(60_000);
    expect(await ids({ runningOnly: true })).toEqual([automatic, later].sort().reverse());
  });

  it("shows storefronts what runs and is advertised, and nothing that helps to use it up", async () => {
    await harness.campaign(aSpec("SECRET"));
    const shown = await harness.campaign(
      aSpec("SHOWN", {
        advertised: true,
        conditions: { segments: ["trade"], minimumSpend: pounds(500n) },
        limits: { totalRedemptions: 5n },
      }),
    );
    const { campaigns } = await list({ state: CampaignState.UNSPECIFIED }, buy);
    expect(campaigns).toHaveLength(1);
    const spec = campaigns[0]?.spec;
    expect(campaigns[0]).not.toHaveProperty("usage");
    expect(campaigns[0]?.campaignId).toBe(shown);
    expect(spec).toMatchObject({ name: "", title: "Welcome", codes: [], conditions: { segments: [] } });
    expect(spec?.conditions).toMatchObject({ minimumSpend: { minor: 500n } });
    expect(spec).not.toHaveProperty("limits");
  });

  it("refuses a page token that it did not give", async () => {
    await expect(list({ page: { pageToken: "abc" } })).rejects.toMatchObject({ reason: "REQUEST_INVALID" });
  });
});
