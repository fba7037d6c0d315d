import { type TaxCategory, taxBasisPoints, taxOn } from "./tax.js";

/** One product to be priced. All amounts are minor units of the currency that is priced in. */
export interface BasketLine {
  /** Names the line; unique in the basket. */
  readonly lineNumber: number;
  readonly sku: string;
  readonly name: string;
  /** 1 or more. */
  readonly quantity: number;
  /** Before discount and tax. */
  readonly unitPriceMinor: bigint;
  readonly taxCategory: TaxCategory;
}

/** One discount, and what it takes off which lines and off shipping. */
export interface Adjustment {
  readonly campaignId: string;
  /** Empty for an automatic discount. */
  readonly code: string;
  readonly explanation: string;
  /** All shares together; more than 0. */
  readonly amountMinor: bigint;
  /** Each more than 0. */
  readonly lineShares: readonly { readonly lineNumber: number; readonly amountMinor: bigint }[];
  /** 0 or more. */
  readonly shippingShareMinor: bigint;
}

/** Everything that a price follows from. */
export interface PriceInput {
  readonly currencyCode: string;
  /** Where it goes, for the tax. */
  readonly countryCode: string;
  readonly lines: readonly BasketLine[];
  readonly adjustments: readonly Adjustment[];
  /** The charge for delivery before discount and tax. */
  readonly shippingMinor: bigint;
}

/** A line with what was taken off it and the tax on the rest. */
export interface PricedLine extends BasketLine {
  readonly subtotalMinor: bigint;
  readonly discountMinor: bigint;
  readonly taxBasisPoints: number;
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
}

/** What a basket costs: total = items - discount + shipping + tax, exactly, and each of them is the sum of its parts. */
export interface Price {
  readonly currencyCode: string;
  readonly lines: readonly PricedLine[];
  readonly adjustments: readonly Adjustment[];
  readonly itemsMinor: bigint;
  /** Off lines and off shipping. */
  readonly discountMinor: bigint;
  readonly shippingMinor: bigint;
  readonly shippingDiscountMinor: bigint;
  readonly shippingTaxBasisPoints: number;
  readonly shippingTaxMinor: bigint;
  /** On lines and on shipping. */
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
}

/** Discounts that cannot be taken off this basket, e.g. more than a line costs. A mistake of whoever granted them. */
export class PricingError extends Error {
  override readonly name = "PricingError";
}

/**
 * Prices a basket. Tax is rounded once per line, on what is left after discounts; shipping is one more line at the country's
 * standard rate. Throws PricingError when the adjustments do not fit the basket.
 */
export function priceBasket(input: PriceInput): Price {
  checkAdjustments(input);
  const lines = input.lines.map((line) => priceLine(line, input));
  const sum = (of: (line: PricedLine) => bigint) => lines.reduce((total, line) => total + of(line), 0n);
  const shipping = priceShipping(input);
  const itemsMinor = sum((line) => line.subtotalMinor);
  const discountMinor = sum((line) => line.discountMinor) + shipping.shippingDiscountMinor;
  const taxMinor = sum((line) => line.taxMinor) + shipping.shippingTaxMinor;
  return {
    currencyCode: input.currencyCode,
    lines,
    adjustments: input.adjustments,
    itemsMinor,
    discountMinor,
    ...shipping,
    taxMinor,
    totalMinor: itemsMinor - discountMinor + input.shippingMinor + taxMinor,
  };
}

function priceLine(line: BasketLine, { countryCode, adjustments }: PriceInput): PricedLine {
  const subtotalMinor = BigInt(line.quantity) * line.unitPriceMinor;
  const discountMinor = adjustments
    .flatMap((adjustment) => adjustment.lineShares)
    .filter((share) => share.lineNumber === line.lineNumber)
    .reduce((total, share) => total + share.amountMinor, 0n);
  if (discountMinor > subtotalMinor) {
    throw new PricingError(`more is taken off line ${line.lineNumber} than it costs`);
  }
  const rate = taxBasisPoints(countryCode, line.taxCategory);
  const taxMinor = taxOn(subtotalMinor - discountMinor, rate);
  const totalMinor = subtotalMinor - discountMinor + taxMinor;
  return { ...line, subtotalMinor, discountMinor, taxBasisPoints: rate, taxMinor, totalMinor };
}

function priceShipping({ shippingMinor, countryCode, adjustments }: PriceInput) {
  const shippingDiscountMinor = adjustments.reduce((total, one) => total + one.shippingShareMinor, 0n);
  if (shippingDiscountMinor > shippingMinor) {
    throw new PricingError("more is taken off shipping than it costs");
  }
  const shippingTaxBasisPoints = taxBasisPoints(countryCode, "STANDARD");
  const shippingTaxMinor = taxOn(shippingMinor - shippingDiscountMinor, shippingTaxBasisPoints);
  return { shippingMinor, shippingDiscountMinor, shippingTaxBasisPoints, shippingTaxMinor };
}

function checkAdjustments({ lines, adjustments }: PriceInput): void {
  const known = new Set(lines.map((line) => line.lineNumber));
  for (const { campaignId, amountMinor, lineShares, shippingShareMinor } of adjustments) {
    const unknown = lineShares.find((share) => !known.has(share.lineNumber));
    if (unknown)
      throw new PricingError(`campaign ${campaignId} names line ${unknown.lineNumber}, which is not there`);
    if (shippingShareMinor < 0n || lineShares.some((share) => share.amountMinor <= 0n)) {
      throw new PricingError(`campaign ${campaignId} has a share that adds to the price`);
    }
    const shared = lineShares.reduce((total, share) => total + share.amountMinor, shippingShareMinor);
    if (shared !== amountMinor) throw new PricingError(`the shares of campaign ${campaignId} do not add up`);
  }
}
