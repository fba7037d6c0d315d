import type { RefusedRow } from "./invoice-row.js";
import type { Plan } from "./plan.js";
import type { InvoiceFile } from "./read-invoices.js";
import type { OrdersAndMoney, Uploaded } from "./upload.js";

/** What became of every row. Always rowsIn = rowsImported + rowsRefused. */
export interface Account {
  files: number;
  rowsIn: number;
  rowsImported: number;
  refusedByReason: Map<string, number>;
  /** Rows that are no invoice lines at all, in words, at most MAX_SHOWN of them. */
  malformed: string[];
  malformedCount: number;
  /** What the accepted rows come to by the files. */
  fileMinor: bigint;
  /** What the orders come to by the shop's answers. */
  imported: OrdersAndMoney;
  unchanged: OrdersAndMoney;
  productsChanged: bigint;
  customersAdded: bigint;
}

const MAX_SHOWN = 10;

/** An account of nothing. */
export function openAccount(): Account {
  return {
    files: 0,
    rowsIn: 0,
    rowsImported: 0,
    refusedByReason: new Map(),
    malformed: [],
    malformedCount: 0,
    fileMinor: 0n,
    imported: { orders: 0n, minor: 0n },
    unchanged: { orders: 0n, minor: 0n },
    productsChanged: 0n,
    customersAdded: 0n,
  };
}

/** Adds a file: what was read of it, and what the shop took. */
export function addFile(
  account: Account,
  name: string,
  read: InvoiceFile,
  plan: Plan,
  uploaded: Uploaded,
): void {
  const refused = [...read.refused, ...uploaded.refused];
  const refusedLines = new Set(uploaded.refused.map(({ line }) => line));
  const accepted = plan.orders.filter((order) => !order.rows.some(({ line }) => refusedLines.has(line)));
  account.files += 1;
  account.rowsIn += read.rowsIn;
  account.rowsImported += accepted.reduce((rows, order) => rows + order.rows.length, 0);
  account.fileMinor += accepted.reduce((minor, order) => minor + order.totalMinor, 0n);
  account.imported = add(account.imported, uploaded.orders.imported);
  account.unchanged = add(account.unchanged, uploaded.orders.unchanged);
  account.productsChanged += uploaded.products.created + uploaded.products.updated;
  account.customersAdded += uploaded.customers.imported;
  for (const row of refused) addRefusal(account, name, row);
}

/** Rows that were refused for any reason. */
export const rowsRefused = (account: Account): number =>
  [...account.refusedByReason.values()].reduce((sum, count) => sum + count, 0);

/** What is wrong with the account; undefined when every row and every penny is accounted for. */
export function whatIsMissing(account: Account): string | undefined {
  const rows = account.rowsImported + rowsRefused(account);
  if (rows !== account.rowsIn) return `${account.rowsIn} rows went in, but ${rows} are accounted for`;
  const shopMinor = account.imported.minor + account.unchanged.minor;
  if (shopMinor !== account.fileMinor)
    return `the files' accepted rows come to ${account.fileMinor} pence, the shop's orders to ${shopMinor}`;
  return undefined;
}

function addRefusal(account: Account, name: string, { line, reason, detail }: RefusedRow): void {
  account.refusedByReason.set(reason, (account.refusedByReason.get(reason) ?? 0) + 1);
  if (reason !== "MALFORMED") return;
  account.malformedCount += 1;
  if (account.malformed.length < MAX_SHOWN) account.malformed.push(`${name}:${line}: ${detail}`);
}

const add = (a: OrdersAndMoney, b: OrdersAndMoney): OrdersAndMoney => ({
  orders: a.orders + b.orders,
  minor: a.minor + b.minor,
});
