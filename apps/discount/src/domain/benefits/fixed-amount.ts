import { smaller, sum } from "../amount.js";
import type { BasketLine } from "../basket.js";
import type { FixedAmountOff } from "../campaign.js";
import { spread } from "../spread.js";

/** An amount off every unit, or once and spread; never more than is left. */
export function fixedAmountOff(
  benefit: FixedAmountOff,
  lines: readonly BasketLine[],
  left: ReadonlyMap<string, bigint>,
): ReadonlyMap<string, bigint> {
  if (!benefit.perUnit) return spread(smaller(benefit.amountMinor, sum(left.values())), left);
  return new Map(
    lines.map((line) => [
      line.id,
      smaller(benefit.amountMinor * BigInt(line.quantity), left.get(line.id) ?? 0n),
    ]),
  );
}
