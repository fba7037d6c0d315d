import type { Logger } from "@charter/telemetry";
import type { Deadline } from "@charter/time";
import type {
  Adjustment as AdjustmentMessage,
  Evaluation,
  RefusedCode,
} from "@shop/contract/shop/discount/v1/evaluation_pb.js";
import type { Adjustment } from "../domain/pricing.js";
import type { BasketItem } from "./basket.js";
import { shareOf } from "./deadline-share.js";
import type { QuotingDeps } from "./quoting-deps.js";

/** What discounts are evaluated for. */
export interface DiscountQuestion {
  readonly customerId: string;
  readonly currencyCode: string;
  readonly items: readonly BasketItem[];
  readonly codes: readonly string[];
  /** Undefined while it is not known; then nothing is taken off shipping. */
  readonly shippingMinor: bigint | undefined;
}

/** What the discount service says. */
export type DiscountAnswer =
  | { readonly kind: "unavailable" }
  | {
      readonly kind: "evaluated";
      readonly adjustments: readonly Adjustment[];
      readonly refusedCodes: readonly RefusedCode[];
    };

/** Asks what is taken off a basket. A discount service that does not answer is no error. */
export async function evaluateDiscounts(
  { discount }: Pick<QuotingDeps, "discount">,
  question: DiscountQuestion,
  { deadline, log }: { readonly deadline: Deadline; readonly log: Logger },
): Promise<DiscountAnswer> {
  try {
    const { evaluation } = await discount.evaluate(
      { basket: basketMessage(question) },
      { timeoutMs: shareOf(deadline) },
    );
    if (!evaluation) throw new TypeError("the discount service answered without an evaluation");
    return {
      kind: "evaluated",
      adjustments: adjustmentsOf(evaluation),
      refusedCodes: evaluation.refusedCodes,
    };
  } catch (error) {
    // Whatever went wrong, shoppers can buy at the full price; the message tells them that discounts are missing.
    log.warn({ err: error }, "discounts could not be evaluated");
    return { kind: "unavailable" };
  }
}

function basketMessage({ customerId, currencyCode, items, codes, shippingMinor }: DiscountQuestion) {
  return {
    currencyCode,
    customerId,
    codes: [...codes],
    lines: items.map(({ lineNumber, product, quantity }) => ({
      lineId: String(lineNumber),
      sku: product.sku,
      collections: [...product.collections],
      quantity,
      unitPrice: { currencyCode, minor: product.priceMinor },
    })),
    ...(shippingMinor === undefined ? {} : { shippingCost: { currencyCode, minor: shippingMinor } }),
  };
}

function adjustmentsOf({ lines, shipping, appliedCampaigns }: Evaluation): readonly Adjustment[] {
  return appliedCampaigns.map(({ campaignId, code, explanation, amount }) => ({
    campaignId,
    code,
    explanation,
    amountMinor: amount?.minor ?? 0n,
    lineShares: lines
      .map(({ lineId, adjustments }) => ({
        lineNumber: Number(lineId),
        amountMinor: takenBy(campaignId, adjustments),
      }))
      .filter((share) => share.amountMinor !== 0n),
    shippingShareMinor: takenBy(campaignId, shipping?.adjustments ?? []),
  }));
}

function takenBy(campaignId: string, adjustments: readonly AdjustmentMessage[]): bigint {
  return adjustments
    .filter((adjustment) => adjustment.campaignId === campaignId)
    .reduce((total, adjustment) => total + (adjustment.amount?.minor ?? 0n), 0n);
}
