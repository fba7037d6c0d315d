/** What a campaign acts on; classes act in this order. */
export type DiscountClass = "product" | "order" | "shipping";

export type CampaignState = "active" | "paused" | "archived";

/** A share of what is left of the price; 10,000 basis points are all of it. */
export interface PercentageOff {
  readonly kind: "percentage";
  readonly basisPoints: number;
}

/** An amount, once or off every unit in scope. */
export interface FixedAmountOff {
  readonly kind: "fixed_amount";
  readonly amountMinor: bigint;
  readonly perUnit: boolean;
}

/** The whole shipping cost. */
export interface FreeShipping {
  readonly kind: "free_shipping";
}

/** For `buyQuantity` units bought, `getQuantity` units get `basisPoints` off, the cheapest first. */
export interface BuyXGetY {
  readonly kind: "buy_x_get_y";
  readonly buyQuantity: number;
  readonly getQuantity: number;
  readonly basisPoints: number;
  /** What is given; empty: units of the scope itself. */
  readonly rewardSkus: readonly string[];
  /** The most times the deal is made in one basket; 0: as often as it fits. */
  readonly maxApplications: number;
}

export type Benefit = PercentageOff | FixedAmountOff | FreeShipping | BuyXGetY;

/** What a campaign takes off from. */
export type Scope =
  | { readonly kind: "products"; readonly skus: readonly string[] }
  | { readonly kind: "collections"; readonly collections: readonly string[] }
  | { readonly kind: "order" }
  | { readonly kind: "shipping" };

/** What basket and customer must be like; what is undefined, zero or empty asks nothing. */
export interface Conditions {
  readonly minimumSpendMinor: bigint | undefined;
  readonly minimumQuantity: number;
  readonly segments: readonly string[];
}

/** Bounds of use; undefined: none. */
export interface Limits {
  readonly total: bigint | undefined;
  readonly perCustomer: bigint | undefined;
  readonly budgetMinor: bigint | undefined;
}

/** A campaign as the rules see it. The contract's comments on CampaignSpec say what each part means. */
export interface Campaign {
  readonly id: string;
  readonly state: CampaignState;
  readonly title: string;
  /** Applies without a code. */
  readonly automatic: boolean;
  readonly benefit: Benefit;
  readonly scope: Scope;
  readonly conditions: Conditions;
  /** Inclusive, milliseconds since the epoch; undefined: always. */
  readonly startMs: number | undefined;
  /** Exclusive, milliseconds since the epoch; undefined: never ends. */
  readonly endMs: number | undefined;
  readonly priority: number;
  /** Classes that it may share a basket with; empty: none. */
  readonly combinesWith: readonly DiscountClass[];
  readonly maxDiscountMinor: bigint | undefined;
  readonly limits: Limits;
  /** Of all its amounts; undefined where it names none, and then it fits every basket. */
  readonly currency: string | undefined;
}
