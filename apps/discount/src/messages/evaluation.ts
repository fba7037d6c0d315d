import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { CodeRefusalReason, type EvaluationSchema } from "@shop/contract/shop/discount/v1/evaluation_pb.js";
import type { Adjustment, Evaluation, Priced, RefusalReason } from "../domain/evaluation.js";
import { moneyOf } from "./money.js";

/** An evaluation for an answer. */
export function evaluationMessage(
  evaluation: Evaluation,
  currency: string,
  atMs: number,
): MessageInitShape<typeof EvaluationSchema> {
  const money = (minor: bigint) => moneyOf(minor, currency);
  return {
    lines: evaluation.lines.map((line) => ({ lineId: line.lineId, ...pricedMessage(line, currency) })),
    shipping: pricedMessage(evaluation.shipping, currency),
    appliedCampaigns: evaluation.applied.map((one) => ({
      ...adjustmentMessage(one, currency),
      title: one.title,
    })),
    refusedCodes: evaluation.refused.map(({ code, reason, explanation }) => ({
      code,
      reason: reasons[reason],
      explanation,
    })),
    goodsSubtotal: money(evaluation.goodsSubtotalMinor),
    goodsDiscount: money(evaluation.goodsDiscountMinor),
    shippingDiscount: money(evaluation.shippingDiscountMinor),
    discountTotal: money(evaluation.discountTotalMinor),
    total: money(evaluation.totalMinor),
    evaluateTime: timestampFromMs(atMs),
  };
}

function pricedMessage(priced: Priced, currency: string) {
  return {
    subtotal: moneyOf(priced.subtotalMinor, currency),
    adjustments: priced.adjustments.map((one) => adjustmentMessage(one, currency)),
    total: moneyOf(priced.totalMinor, currency),
  };
}

function adjustmentMessage({ campaignId, code, explanation, amountMinor }: Adjustment, currency: string) {
  return { campaignId, code, explanation, amount: moneyOf(amountMinor, currency) };
}

const reasons: Readonly<Record<RefusalReason, CodeRefusalReason>> = {
  not_found: CodeRefusalReason.NOT_FOUND,
  not_started: CodeRefusalReason.NOT_STARTED,
  expired: CodeRefusalReason.EXPIRED,
  paused: CodeRefusalReason.PAUSED,
  limit_reached: CodeRefusalReason.LIMIT_REACHED,
  customer_limit_reached: CodeRefusalReason.CUSTOMER_LIMIT_REACHED,
  not_applicable: CodeRefusalReason.NOT_APPLICABLE,
  minimum_not_met: CodeRefusalReason.MINIMUM_NOT_MET,
  budget_exhausted: CodeRefusalReason.BUDGET_EXHAUSTED,
  not_combinable: CodeRefusalReason.NOT_COMBINABLE,
  lost_to_better_offer: CodeRefusalReason.LOST_TO_BETTER_OFFER,
};
