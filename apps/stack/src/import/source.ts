import { basename } from "node:path";
import type { PlannedProduct } from "./plan.js";

/** How the shop tells this source's customers, orders and receipts from all others. */
const SOURCE = "online-retail";

/** What the invoices are in: the file says pounds. */
export const CURRENCY = "GBP";

export const customerRef = (customer: string): string => `${SOURCE}:${customer}`;
export const orderRef = (invoice: string): string => `${SOURCE}:${invoice}`;

/**
 * Names a receipt of goods. It holds what was received, so that a file of the same name that says something else books its own
 * receipt.
 */
export const receiptKey = (file: string, { sku, unitsSold }: PlannedProduct): string =>
  `${SOURCE}:${basename(file)}:${sku}:${unitsSold}`;
