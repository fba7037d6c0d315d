import { basename } from "node:path";
import type { ShopClients } from "../shop-clients.js";
import type { Terminal } from "../terminal.js";
import { type Account, addFile, openAccount } from "./account.js";
import { planImport } from "./plan.js";
import { progressBar } from "./progress-bar.js";
import { readInvoices } from "./read-invoices.js";
import { upload } from "./upload.js";

export interface ImportResult {
  account: Account;
  /** Why the import stopped before the last file; undefined when it did not. */
  stoppedBy?: Error;
}

/**
 * Imports files one after the other. A file that cannot be read, or that the shop does not take, ends the import; what was imported
 * before it stays and is accounted for.
 */
export async function importFiles(
  shop: ShopClients,
  files: readonly string[],
  terminal: Terminal,
): Promise<ImportResult> {
  const account = openAccount();
  for (const [index, file] of files.entries()) {
    try {
      await importFile(shop, file, account, terminal, `${index + 1}/${files.length} ${basename(file)}`);
    } catch (error) {
      return { account, stoppedBy: error instanceof Error ? error : new Error(String(error)) };
    }
  }
  return { account };
}

async function importFile(
  shop: ShopClients,
  file: string,
  account: Account,
  terminal: Terminal,
  title: string,
): Promise<void> {
  const read = await readInvoices(file);
  const plan = planImport(read.rows);
  const bar = progressBar(terminal, title, read.rows.length);
  const uploaded = await upload(shop, file, plan, bar.advance);
  addFile(account, file, read, plan, uploaded);
  bar.done(
    `${read.rowsIn} rows, ${uploaded.orders.imported.orders} orders new, ${uploaded.orders.unchanged.orders} known`,
  );
}
