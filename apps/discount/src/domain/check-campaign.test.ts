import { describe, expect, it } from "@jest/globals";
import { type CampaignDraft, checkCampaign } from "./check-campaign.js";

const sound: CampaignDraft = {
  automatic: false,
  codes: ["TEN"],
  benefit: { kind: "percentage", basisPoints: 1_000 },
  scope: { kind: "order" },
  startMs: undefined,
  endMs: undefined,
  amounts: [
    { field: "max_discount", currency: "GBP" },
    { field: "limits.budget", currency: "GBP" },
  ],
};
const deal = { kind: "buy_x_get_y", buyQuantity: 2, getQuantity: 1, basisPoints: 10_000 } as const;

describe("checkCampaign", () => {
  it("has nothing against a sound campaign", () => {
    expect(checkCampaign(sound)).toEqual([]);
  });

  it.each<[string, Partial<CampaignDraft>]>([
    ["codes", { automatic: true }],
    ["codes", { codes: ["TEN", "TEN"] }],
    ["benefit.free_shipping", { benefit: { kind: "free_shipping" } }],
    [
      "benefit.buy_x_get_y",
      { benefit: { ...deal, rewardSkus: [], maxApplications: 0 }, scope: { kind: "shipping" } },
    ],
    [
      "benefit.fixed_amount.per_unit",
      { benefit: { kind: "fixed_amount", amountMinor: 1n, perUnit: true }, scope: { kind: "shipping" } },
    ],
    ["end_time", { startMs: 5, endMs: 5 }],
    [
      "limits.budget",
      { amounts: [...sound.amounts.slice(0, 1), { field: "limits.budget", currency: "EUR" }] },
    ],
  ])("names %s where %j contradicts the rest", (field, change) => {
    expect(checkCampaign({ ...sound, ...change }).map((problem) => problem.field)).toEqual([field]);
  });

  it("names every contradiction at once", () => {
    const fields = checkCampaign({ ...sound, automatic: true, startMs: 9, endMs: 5 }).map((one) => one.field);
    expect(fields).toEqual(["codes", "end_time"]);
  });
});
