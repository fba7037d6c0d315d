/** What one line of an order costs, frozen when the order is placed. All amounts are minor units of the order's currency. */
export interface OrderLineAmounts {
  readonly quantity: number;
  readonly unitPriceMinor: bigint;
  /** What was taken off the whole line; 0 or more, at most the line's price. */
  readonly discountMinor: bigint;
  /** Tax of the whole line, rounded once. */
  readonly taxMinor: bigint;
}

/** The frozen sums of an order, in minor units of its currency. */
export interface OrderTotals {
  /** Σ quantity × unit price. */
  readonly subtotalMinor: bigint;
  /** Σ of what was taken off the lines. */
  readonly discountMinor: bigint;
  readonly shippingMinor: bigint;
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
}

/** The sums that follow from the lines. `shippingTaxMinor` is the part of the tax that no line carries. */
export function sumOrder(
  lines: readonly OrderLineAmounts[],
  shipping: { readonly shippingMinor: bigint; readonly shippingTaxMinor: bigint },
): OrderTotals {
  const sum = (of: (line: OrderLineAmounts) => bigint) => lines.reduce((total, line) => total + of(line), 0n);
  const subtotalMinor = sum((line) => BigInt(line.quantity) * line.unitPriceMinor);
  const discountMinor = sum((line) => line.discountMinor);
  const taxMinor = sum((line) => line.taxMinor) + shipping.shippingTaxMinor;
  const { shippingMinor } = shipping;
  return {
    subtotalMinor,
    discountMinor,
    shippingMinor,
    taxMinor,
    totalMinor: subtotalMinor - discountMinor + shippingMinor + taxMinor,
  };
}
