const whole = 10_000n;

/** `basisPoints` of an amount that is not negative, rounded half up to the minor unit. Never more than the amount for up to 10,000. */
export function shareOf(amountMinor: bigint, basisPoints: number): bigint {
  return (amountMinor * BigInt(basisPoints) + whole / 2n) / whole;
}

export function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function sum(amounts: Iterable<bigint>): bigint {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}
