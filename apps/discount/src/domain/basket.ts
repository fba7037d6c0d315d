/** One line at full price. */
export interface BasketLine {
  /** Unique in the basket. */
  readonly id: string;
  readonly sku: string;
  readonly collections: readonly string[];
  /** Whole units, at least 1. */
  readonly quantity: number;
  readonly unitPriceMinor: bigint;
}

/** What somebody is about to buy, before anything is taken off. */
export interface Basket {
  readonly currency: string;
  readonly lines: readonly BasketLine[];
  /** Zero where it is not known. */
  readonly shippingMinor: bigint;
  /** The customer's segments. */
  readonly segments: readonly string[];
}

/** What the line costs before discounts. */
export function subtotalMinor(line: BasketLine): bigint {
  return line.unitPriceMinor * BigInt(line.quantity);
}
