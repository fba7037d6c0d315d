import type { InvoiceRow } from "./invoice-row.js";

/** A product as the latest of its lines shows it. */
export interface PlannedProduct {
  sku: string;
  name: string;
  priceMinor: bigint;
  observedAt: Date;
  /** Units that the file sold: the shop must have received as many before. */
  unitsSold: number;
}

/** A customer, known by the number on the invoices. */
export interface PlannedCustomer {
  customer: string;
  countryCode: string;
}

/** One invoice as an order. */
export interface PlannedOrder {
  invoice: string;
  customer: string;
  countryCode: string;
  placedAt: Date;
  rows: InvoiceRow[];
  shippingMinor: bigint;
  totalMinor: bigint;
}

/** What has to be imported for the lines of a file. */
export interface Plan {
  products: PlannedProduct[];
  customers: PlannedCustomer[];
  orders: PlannedOrder[];
}

/** Groups lines into invoices, and sums up what they say of products and customers. Pure, and in the order of the file. */
export function planImport(rows: readonly InvoiceRow[]): Plan {
  const orders = [...groupBy(rows, (row) => row.invoice).values()].map(toOrder);
  return { products: toProducts(rows), customers: toCustomers(orders), orders };
}

/** What a line costs. */
export const lineMinor = (row: InvoiceRow): bigint => row.unitPriceMinor * BigInt(row.quantity);

const sumMinor = (lines: readonly InvoiceRow[]) => lines.reduce((sum, row) => sum + lineMinor(row), 0n);

function toOrder(rows: InvoiceRow[]): PlannedOrder {
  const [first] = rows;
  if (!first) throw new Error("an invoice has at least one line");
  const { invoice, customer, countryCode, placedAt } = first;
  const shippingMinor = sumMinor(rows.filter((row) => row.isShipping));
  return { invoice, customer, countryCode, placedAt, rows, shippingMinor, totalMinor: sumMinor(rows) };
}

function toProducts(rows: readonly InvoiceRow[]): PlannedProduct[] {
  const bySku = groupBy(
    rows.filter((row) => !row.isShipping),
    (row) => row.sku,
  );
  return [...bySku].map(([sku, lines]) => {
    const latest = lines.reduce((newest, row) => (row.placedAt >= newest.placedAt ? row : newest));
    const unitsSold = lines.reduce((sum, row) => sum + row.quantity, 0);
    return {
      sku,
      name: latest.description,
      priceMinor: latest.unitPriceMinor,
      observedAt: latest.placedAt,
      unitsSold,
    };
  });
}

function toCustomers(orders: readonly PlannedOrder[]): PlannedCustomer[] {
  const known = orders.filter((order) => order.customer !== "");
  return [...groupBy(known, (order) => order.customer)].map(([customer, [first]]) => ({
    customer,
    countryCode: first?.countryCode ?? "",
  }));
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
