import { countryCode } from "./country.js";

/** The columns of an invoice file, in their order. */
export const columns = [
  "InvoiceNo",
  "StockCode",
  "Description",
  "Quantity",
  "InvoiceDate",
  "UnitPrice",
  "CustomerID",
  "Country",
] as const;

/** One line of a file as text, by column. */
export type RawRow = Record<(typeof columns)[number], string>;

/** One line that can be imported. */
export interface InvoiceRow {
  /** Line in the file, from 1; the header is line 1. */
  line: number;
  invoice: string;
  /** In capitals: the shop writes the same product as 85123a and 85123A. */
  sku: string;
  /** Whether the line is postage, so that it belongs to the order's shipping and not to its products. */
  isShipping: boolean;
  description: string;
  quantity: number;
  unitPriceMinor: bigint;
  placedAt: Date;
  /** Empty for a guest. */
  customer: string;
  countryCode: string;
}

/** Why a line is not imported. */
export type RefusalReason =
  | "CANCELLATION"
  | "NOT_A_PRODUCT"
  | "QUANTITY_NOT_POSITIVE"
  | "PRICE_NOT_POSITIVE"
  | "DESCRIPTION_MISSING"
  | "COUNTRY_UNKNOWN"
  | "MALFORMED";

/** A line that is not imported, and why. */
export interface RefusedRow {
  line: number;
  reason: RefusalReason | string;
  /** What is wrong, for MALFORMED lines. */
  detail?: string;
}

/** Lines that carry the parcel's cost. */
const shippingCodes: ReadonlySet<string> = new Set(["POST", "DOT", "C2"]);
/** Corrections, fees, samples and discounts that the shop booked as if they were products. */
const bookkeepingCodes: ReadonlySet<string> = new Set([
  "M",
  "D",
  "S",
  "B",
  "BANK CHARGES",
  "AMAZONFEE",
  "CRUK",
  "PADS",
]);

const MAX_QUANTITY = 1_000_000;
const isQuantity = /^-?\d{1,9}$/;
const isPrice = /^(-?)(\d{1,9})(?:\.(\d{1,2}))?$/;
const isDate = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;
const isInvoice = /^[A-Z]?\d{6}$/;

/** Parses one line. Every line becomes a row or a refusal, never both. */
export function parseRow(line: number, raw: RawRow): InvoiceRow | RefusedRow {
  const malformed = whatIsMalformed(raw);
  if (malformed) return { line, reason: "MALFORMED", detail: malformed };
  const sku = raw.StockCode.trim().toUpperCase();
  const row = {
    line,
    invoice: raw.InvoiceNo,
    sku,
    isShipping: shippingCodes.has(sku),
    description: raw.Description.trim(),
    quantity: Number(raw.Quantity),
    unitPriceMinor: parsePrice(raw.UnitPrice),
    placedAt: parseDate(raw.InvoiceDate),
    customer: raw.CustomerID.replace(/\.0$/, ""),
    countryCode: countryCode(raw.Country) ?? "",
  };
  const reason = refusal(row);
  return reason ? { line, reason } : row;
}

/** Tells a refusal from a row. */
export const isRefused = (row: InvoiceRow | RefusedRow): row is RefusedRow => "reason" in row;

function refusal(row: InvoiceRow): RefusalReason | undefined {
  if (row.invoice.startsWith("C")) return "CANCELLATION";
  if (bookkeepingCodes.has(row.sku) || /^[A-Z]/.test(row.invoice)) return "NOT_A_PRODUCT";
  if (row.quantity <= 0) return "QUANTITY_NOT_POSITIVE";
  if (row.unitPriceMinor <= 0n) return "PRICE_NOT_POSITIVE";
  if (row.description === "") return "DESCRIPTION_MISSING";
  if (row.countryCode === "") return "COUNTRY_UNKNOWN";
  return undefined;
}

function whatIsMalformed(raw: RawRow): string | undefined {
  if (!isInvoice.test(raw.InvoiceNo))
    return `InvoiceNo "${raw.InvoiceNo}" is not six digits with at most one letter before them`;
  if (raw.StockCode.trim() === "") return "StockCode is empty";
  if (!isQuantity.test(raw.Quantity) || Math.abs(Number(raw.Quantity)) > MAX_QUANTITY) {
    return `Quantity "${raw.Quantity}" is not a whole number up to ${MAX_QUANTITY}`;
  }
  if (!isPrice.test(raw.UnitPrice))
    return `UnitPrice "${raw.UnitPrice}" is not an amount with at most two decimals`;
  if (!isDate.test(raw.InvoiceDate) || Number.isNaN(parseDate(raw.InvoiceDate).getTime())) {
    return `InvoiceDate "${raw.InvoiceDate}" is not a date like 2010-12-01 08:26:00`;
  }
  if (!/^(\d{1,10}(\.0)?)?$/.test(raw.CustomerID)) return `CustomerID "${raw.CustomerID}" is not a number`;
  return undefined;
}

/** The files say no time zone; they are read as UTC. */
const parseDate = (text: string) => new Date(`${text.replace(" ", "T")}Z`);

/** Exact: no floating point between the file and the ledger. */
function parsePrice(text: string): bigint {
  const [, sign = "", whole = "0", fraction = ""] = isPrice.exec(text) ?? [];
  const minor = BigInt(whole) * 100n + BigInt(fraction.padEnd(2, "0"));
  return sign ? -minor : minor;
}
