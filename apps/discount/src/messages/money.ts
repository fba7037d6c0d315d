/** An amount for an answer. */
export function moneyOf(minor: bigint, currencyCode: string): { currencyCode: string; minor: bigint } {
  return { currencyCode, minor };
}
