import { formatMoney } from "../money.js";
import { bold, green, pad, red, type Terminal } from "../terminal.js";
import { type Account, rowsRefused, whatIsMissing } from "./account.js";
import { CURRENCY } from "./source.js";

const REASON_WIDTH = 30;
const pounds = (minor: bigint) =>
  formatMoney({ $typeName: "shop.type.v1.Money", currencyCode: CURRENCY, minor });

/** Says of every row what became of it, and of the money whether it matches. Answers whether everything is accounted for. */
export function showAccount(terminal: Terminal, account: Account): boolean {
  const refused = rowsRefused(account);
  terminal.line();
  terminal.line(
    bold(
      `${account.files} files: ${account.rowsIn} rows in = ${account.rowsImported} imported + ${refused} refused`,
    ),
  );
  for (const [reason, count] of [...account.refusedByReason].sort(([, a], [, b]) => b - a))
    terminal.line(`  refused  ${pad(reason, REASON_WIDTH)}${count}`);
  for (const example of account.malformed) terminal.line(`  ${example}`);
  if (account.malformedCount > account.malformed.length)
    terminal.line(`  … and ${account.malformedCount - account.malformed.length} more malformed rows`);
  terminal.line(
    `orders    ${account.imported.orders} new, ${account.unchanged.orders} known; products changed ${account.productsChanged}; customers new ${account.customersAdded}`,
  );
  terminal.line(
    `money     the files' accepted rows ${pounds(account.fileMinor)}; the shop's orders ${pounds(account.imported.minor + account.unchanged.minor)} (new ${pounds(account.imported.minor)})`,
  );
  const missing = whatIsMissing(account);
  terminal.line(missing ? red(missing) : green("every row and every penny is accounted for"));
  return missing === undefined;
}
