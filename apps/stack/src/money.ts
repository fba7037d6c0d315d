import type { Money } from "@shop/contract/shop/type/v1/money_pb.js";

/** Writes an amount as people read it, e.g. "£49.00". Unset is nothing. */
export function formatMoney(money: Money | undefined): string {
  if (!money) return "–";
  const format = new Intl.NumberFormat("en-GB", { style: "currency", currency: money.currencyCode });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  const sign = money.minor < 0n ? "-" : "";
  const text = (money.minor < 0n ? -money.minor : money.minor).toString().padStart(digits + 1, "0");
  const decimal = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  // A numeric string is formatted exactly, however long it is.
  return sign + format.format(decimal as Intl.StringNumericLiteral);
}
