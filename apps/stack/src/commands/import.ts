import type { CharterCommand } from "@charter/cli";
import { importFiles } from "../import/import-files.js";
import { showAccount } from "../import/show-account.js";
import { openFolders } from "../launch/folders.js";
import { perService } from "../launch/services.js";
import { runningStack } from "../launch/stack-file.js";
import { connectShop, login } from "../shop-clients.js";
import { openTerminal, red } from "../terminal.js";

/** `charter import <files...>`: a running shop takes over invoices of the past. */
export const command: CharterCommand = {
  name: "import",
  summary: "import invoices (CSV of the UCI Online Retail data set) into the running shop; safe to repeat",
  register: (program) =>
    program
      .argument(
        "<files...>",
        "files with the columns InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
      )
      .action(importInvoices),
};

async function importInvoices(files: string[]): Promise<void> {
  const terminal = openTerminal(process.stdout);
  const stack = runningStack(openFolders().stackFile);
  const shop = connectShop(perService((name) => stack.services[name].url));
  try {
    await login(shop, stack.operator.email, stack.operator.password);
    const { account, stoppedBy } = await importFiles(shop, files, terminal);
    const complete = showAccount(terminal, account);
    if (stoppedBy) terminal.line(red(stoppedBy.message));
    if (!complete || stoppedBy || account.malformedCount > 0) process.exitCode = 1;
  } finally {
    shop.close();
  }
}
