/** An amount for people, e.g. "12.50 GBP"; decimals as ISO 4217 gives them to the currency. Not for machines. */
export function formatMoney(minor: bigint, currency: string): string {
  const digits = fractionDigits(currency);
  const sign = minor < 0n ? "-" : "";
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, "0");
  const cut = text.length - digits;
  const fraction = digits === 0 ? "" : `.${text.slice(cut)}`;
  return `${sign}${text.slice(0, cut)}${fraction} ${currency}`;
}

function fractionDigits(currency: string): number {
  return (
    new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2
  );
}
