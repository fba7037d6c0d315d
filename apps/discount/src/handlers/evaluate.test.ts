import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { Trigger } from "@shop/contract/shop/discount/v1/campaign_pb.js";
import { CodeRefusalReason } from "@shop/contract/shop/discount/v1/evaluation_pb.js";
import { v7 as uuidv7 } from "uuid";
import { aSpec, type Harness, openHarness, pounds } from "../testing/harness.js";

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness();
});
afterEach(() => harness.close());

const aBasket = (codes: string[] = [], customerId = "") => ({
  currencyCode: "GBP",
  lines: [
    { lineId: "1", sku: "85123A", quantity: 2, unitPrice: pounds(255n) },
    { lineId: "2", sku: "71053", collections: ["lights"], quantity: 1, unitPrice: pounds(339n) },
  ],
  shippingCost: pounds(495n),
  customerId,
  codes,
});

const refused = async (codes: string[], customerId = "") => {
  const { evaluation } = await harness.evaluate(aBasket(codes, customerId));
  return evaluation.refusedCodes?.map(({ code, reason }) => [code, reason]);
};

describe("Evaluate", () => {
  it("explains every line, shipping and every code", async () => {
    const lights = await harness.campaign(
      aSpec("x", {
        title: "Bright nights",
        trigger: Trigger.AUTOMATIC,
        codes: [],
        benefit: { kind: { case: "percentage", value: { basisPoints: 1_000 } } },
        scope: { kind: { case: "collections", value: { collections: ["lights"] } } },
      }),
    );
    const welcome = await harness.campaign(aSpec("WELCOME"));
    const { evaluation } = await harness.evaluate(aBasket(["welcome", "nope"]));
    expect(evaluation).toMatchObject({
      lines: [
        {
          lineId: "1",
          subtotal: pounds(510n),
          adjustments: [
            {
              campaignId: welcome,
              code: "WELCOME",
              explanation: "Welcome: 1.00 GBP off",
              amount: pounds(63n),
            },
          ],
          total: pounds(447n),
        },
        {
          lineId: "2",
          subtotal: pounds(339n),
          adjustments: [
            { campaignId: lights, code: "", explanation: "Bright nights: 10 % off", amount: pounds(34n) },
            { campaignId: welcome, amount: pounds(37n) },
          ],
          total: pounds(268n),
        },
      ],
      shipping: { subtotal: pounds(495n), adjustments: [], total: pounds(495n) },
      appliedCampaigns: [
        { campaignId: lights, code: "", title: "Bright nights", amount: pounds(34n) },
        { campaignId: welcome, code: "WELCOME", title: "Welcome", amount: pounds(100n) },
      ],
      refusedCodes: [
        {
          code: "NOPE",
          reason: CodeRefusalReason.NOT_FOUND,
          explanation: "NOPE is not a code of this shop.",
        },
      ],
      goodsSubtotal: pounds(849n),
      goodsDiscount: pounds(134n),
      shippingDiscount: pounds(0n),
      discountTotal: pounds(134n),
      total: pounds(1_210n),
    });
  });

  it("looks at another moment when it is given one", async () => {
    const startTime = { seconds: BigInt(harness.clock.nowMs() / 1_000 + 60) };
    await harness.campaign(aSpec("x", { trigger: Trigger.AUTOMATIC, codes: [], startTime }));
    await harness.campaign(aSpec("SOON", { startTime }));
    expect(await refused(["soon"])).toEqual([["SOON", CodeRefusalReason.NOT_STARTED]]);
    const then = new Date(harness.clock.nowMs() + 60_000);
    const { evaluation } = await harness.evaluate(aBasket(["soon"]), then);
    expect(evaluation.discountTotal).toEqual(pounds(200n));
  });

  it("counts reservations against the limits until they expire", async () => {
    const id = await harness.campaign(aSpec("ONCE", { limits: { totalRedemptions: 1n } }));
    await harness.reserve("r", id, { code: "ONCE", ttlS: 60 });
    expect(await refused(["once"])).toEqual([["ONCE", CodeRefusalReason.LIMIT_REACHED]]);
    await harness.clock.advance(60_000);
    expect(await refused(["once"])).toEqual([]);
  });

  it("counts a customer's own redemptions, and none for a guest", async () => {
    const customerId = uuidv7();
    const id = await harness.campaign(aSpec("MINE", { limits: { redemptionsPerCustomer: 1n } }));
    await harness.reserve("r", id, { code: "MINE", customerId });
    expect(await refused(["mine"], customerId)).toEqual([["MINE", CodeRefusalReason.CUSTOMER_LIMIT_REACHED]]);
    expect(await refused(["mine"], uuidv7())).toEqual([]);
    expect(await refused(["mine"])).toEqual([]);
  });

  it("refuses what the rest of the budget does not cover, and takes an expired reservation's money as free", async () => {
    const id = await harness.campaign(aSpec("POT", { limits: { budget: pounds(199n) } }));
    await harness.reserve("r", id, { code: "POT", ttlS: 60 });
    expect(await refused(["pot"])).toEqual([["POT", CodeRefusalReason.BUDGET_EXHAUSTED]]);
    await harness.clock.advance(60_000);
    expect(await refused(["pot"])).toEqual([]);
  });
});
