import { sum } from "./amount.js";
import { compareAmount, compareText } from "./compare.js";

/**
 * Splits an amount in proportion to weights by largest remainder (Hamilton's method): everyone gets the whole part of
 * their quota, and what is left goes in units of one to the largest remainders, a tie to the smaller key.
 *
 * The parts add up to the amount exactly; as long as the amount is not above the sum of the weights, no part is above its
 * weight. Parts of zero are left out.
 *
 * @param amountMinor not negative; nothing is split where all weights are zero
 * @param weights not negative
 */
export function spread(
  amountMinor: bigint,
  weights: ReadonlyMap<string, bigint>,
): ReadonlyMap<string, bigint> {
  const total = sum(weights.values());
  if (total === 0n || amountMinor === 0n) return new Map();
  const shares = [...weights].map(([key, weight]) => ({
    key,
    part: (amountMinor * weight) / total,
    remainder: (amountMinor * weight) % total,
  }));
  shares.sort((a, b) => compareAmount(b.remainder, a.remainder) || compareText(a.key, b.key));
  const left = Number(amountMinor - sum(shares.map((share) => share.part)));
  const parts = shares.map(({ key, part }, rank) => [key, rank < left ? part + 1n : part] as const);
  return new Map(parts.filter(([, part]) => part > 0n));
}
