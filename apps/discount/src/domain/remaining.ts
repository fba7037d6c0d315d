import { sum } from "./amount.js";
import { type Basket, subtotalMinor } from "./basket.js";

/** What is still to pay while campaigns act one after the other. Never negative. */
export interface Remaining {
  /** By line id. */
  readonly lines: ReadonlyMap<string, bigint>;
  readonly shippingMinor: bigint;
}

/** What one campaign takes off. Lines it takes nothing off are not in it. */
export interface Deduction {
  /** By line id; positive. */
  readonly lines: ReadonlyMap<string, bigint>;
  readonly shippingMinor: bigint;
}

/** A basket that nothing was taken off yet. */
export function untouched(basket: Basket): Remaining {
  return {
    lines: new Map(basket.lines.map((line) => [line.id, subtotalMinor(line)])),
    shippingMinor: basket.shippingMinor,
  };
}

/** What remains after a deduction from it. */
export function after(remaining: Remaining, deduction: Deduction): Remaining {
  const lines = new Map(remaining.lines);
  for (const [lineId, amount] of deduction.lines) lines.set(lineId, (lines.get(lineId) ?? 0n) - amount);
  return { lines, shippingMinor: remaining.shippingMinor - deduction.shippingMinor };
}

/** All that a deduction takes off. */
export function totalOf(deduction: Deduction): bigint {
  return sum(deduction.lines.values()) + deduction.shippingMinor;
}
