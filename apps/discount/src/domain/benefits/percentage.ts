import { shareOf, sum } from "../amount.js";
import type { PercentageOff } from "../campaign.js";
import { spread } from "../spread.js";

/** A share of each line, rounded line by line. */
export function percentageOffEach(
  benefit: PercentageOff,
  left: ReadonlyMap<string, bigint>,
): ReadonlyMap<string, bigint> {
  return new Map([...left].map(([lineId, amount]) => [lineId, shareOf(amount, benefit.basisPoints)]));
}

/** A share of the sum, rounded once and spread over the lines. */
export function percentageOffSum(
  benefit: PercentageOff,
  left: ReadonlyMap<string, bigint>,
): ReadonlyMap<string, bigint> {
  return spread(shareOf(sum(left.values()), benefit.basisPoints), left);
}
