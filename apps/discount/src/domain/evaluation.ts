/** Why a code did not apply; the contract's CodeRefusalReason says what each means. */
export type RefusalReason =
  | "not_found"
  | "not_started"
  | "expired"
  | "paused"
  | "limit_reached"
  | "customer_limit_reached"
  | "not_applicable"
  | "minimum_not_met"
  | "budget_exhausted"
  | "not_combinable"
  | "lost_to_better_offer";

/** One campaign's part in a line or in shipping. */
export interface Adjustment {
  readonly campaignId: string;
  /** Empty where the campaign is automatic. */
  readonly code: string;
  readonly explanation: string;
  /** What was taken off; positive. */
  readonly amountMinor: bigint;
}

/** A line, or shipping, after discounts. */
export interface Priced {
  readonly subtotalMinor: bigint;
  readonly adjustments: readonly Adjustment[];
  readonly totalMinor: bigint;
}

export interface EvaluatedLine extends Priced {
  readonly lineId: string;
}

/** One campaign's part in the whole basket. */
export interface AppliedCampaign extends Adjustment {
  readonly title: string;
}

export interface RefusedCode {
  readonly code: string;
  readonly reason: RefusalReason;
  readonly explanation: string;
}

/** A basket with everything taken off. It adds up: see the contract's Evaluation. */
export interface Evaluation {
  readonly lines: readonly EvaluatedLine[];
  readonly shipping: Priced;
  readonly applied: readonly AppliedCampaign[];
  readonly refused: readonly RefusedCode[];
  readonly goodsSubtotalMinor: bigint;
  readonly goodsDiscountMinor: bigint;
  readonly shippingDiscountMinor: bigint;
  readonly discountTotalMinor: bigint;
  readonly totalMinor: bigint;
}
