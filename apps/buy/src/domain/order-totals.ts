/** What one line of an order costs, frozen when the order is placed. All amounts are minor units of the order's currency. */
export interface OrderLineAmounts {
  readonly quantity: number;
  readonly unitPriceMinor: bigint;
  /** What was taken off the whole line; 0 or more, at most the line's price. */
  readonly discountMinor: bigint;
  /** Tax of the whole line, rounded once. */
  readonly taxMinor: bigint;
}

/** What delivery costs, in minor units. */
export interface ShippingAmounts {
  readonly shippingMinor: bigint;
  /** What was taken off shipping; 0 or more, at most the charge. */
  readonly shippingDiscountMinor: bigint;
  readonly shippingTaxMinor: bigint;
}

/** The frozen sums of an order, in minor units of its currency: total = items − discount + shipping + tax. */
export interface OrderTotals {
  /** Σ quantity × unit price. */
  readonly itemsMinor: bigint;
  /** Σ of what was taken off the lines and off shipping. */
  readonly discountMinor: bigint;
  readonly shippingMinor: bigint;
  /** Σ of the tax of the lines and of shipping. */
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
}

/** The sums that follow from the lines and from shipping. */
export function sumOrder(lines: readonly OrderLineAmounts[], shipping: ShippingAmounts): OrderTotals {
  const sum = (of: (line: OrderLineAmounts) => bigint) => lines.reduce((total, line) => total + of(line), 0n);
  const itemsMinor = sum((line) => BigInt(line.quantity) * line.unitPriceMinor);
  const discountMinor = sum((line) => line.discountMinor) + shipping.shippingDiscountMinor;
  const taxMinor = sum((line) => line.taxMinor) + shipping.shippingTaxMinor;
  const { shippingMinor } = shipping;
  return {
    itemsMinor,
    discountMinor,
    shippingMinor,
    taxMinor,
    totalMinor: itemsMinor - discountMinor + shippingMinor + taxMinor,
  };
}

/** Sums were stated that do not follow from the parts. A mistake of whoever stated them; nothing may be sold on them. */
export class OrderTotalsError extends Error {
  constructor(field: keyof OrderTotals, stated: bigint, summed: bigint) {
    super(`${field} is stated as ${stated}, but its parts add up to ${summed}`);
    this.name = "OrderTotalsError";
  }
}

/** Throws OrderTotalsError unless the stated sums are exactly those of the parts. */
export function checkTotals(
  stated: OrderTotals,
  lines: readonly OrderLineAmounts[],
  shipping: ShippingAmounts,
): void {
  const summed = sumOrder(lines, shipping);
  for (const field of ["itemsMinor", "discountMinor", "shippingMinor", "taxMinor", "totalMinor"] as const) {
    if (stated[field] !== summed[field]) throw new OrderTotalsError(field, stated[field], summed[field]);
  }
}
