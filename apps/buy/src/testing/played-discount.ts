import { type Implementation, implement } from "@charter/server";
import { Trigger } from "@shop/contract/shop/discount/v1/campaign_pb.js";
import {
  DiscountService,
  type EvaluateRequest,
} from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { CodeRefusalReason } from "@shop/contract/shop/discount/v1/evaluation_pb.js";

export const TEN_OFF_ID = "01890a5d-ac96-774b-bcce-b302099a8057";
const FREE_SHIPPING_ID = "01890a5d-ac96-774b-bcce-b302099a8058";

/** A discount service that knows two codes: TENOFF takes 10 % off every line, FREESHIP all of shipping. */
export function playedDiscount(): Implementation {
  return implement(DiscountService, {
    evaluate: async ({ basket }: EvaluateRequest) => ({ evaluation: evaluate(basket) }),
    listCampaigns: async () => ({
      campaigns: [
        {
          campaignId: TEN_OFF_ID,
          spec: {
            title: "Ten off",
            trigger: Trigger.CODE,
            scope: { kind: { case: "collections", value: { collections: ["gifts"] } } },
          },
        },
      ],
    }),
  });
}

function evaluate(basket: EvaluateRequest["basket"]) {
  if (!basket) throw new TypeError("validation lets no request without a basket pass");
  const money = (minor: bigint) => ({ currencyCode: basket.currencyCode, minor });
  const tenOff = basket.codes.includes("TENOFF");
  const shippingMinor = basket.codes.includes("FREESHIP") ? (basket.shippingCost?.minor ?? 0n) : 0n;
  const reduction = (campaignId: string, code: string, explanation: string, minor: bigint) =>
    minor > 0n ? [{ campaignId, code, explanation, amount: money(minor) }] : [];
  const taken = basket.lines.map((line) =>
    tenOff ? ((line.unitPrice?.minor ?? 0n) * BigInt(line.quantity)) / 10n : 0n,
  );
  const lines = basket.lines.map(({ lineId }, index) => ({
    lineId,
    adjustments: reduction(TEN_OFF_ID, "TENOFF", "Ten off", taken[index] ?? 0n),
  }));
  const total = taken.reduce((sum, minor) => sum + minor, 0n);
  const freeShipping = reduction(FREE_SHIPPING_ID, "FREESHIP", "Free shipping", shippingMinor);
  return {
    lines,
    shipping: { adjustments: freeShipping },
    appliedCampaigns: [...reduction(TEN_OFF_ID, "TENOFF", "Ten off", total), ...freeShipping],
    refusedCodes: basket.codes
      .filter((code) => code !== "TENOFF" && code !== "FREESHIP")
      .map((code) => ({
        code,
        reason: CodeRefusalReason.NOT_FOUND,
        explanation: `There is no code ${code}.`,
      })),
  };
}
