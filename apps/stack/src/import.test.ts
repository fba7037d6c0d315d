import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { whereAvailable } from "@charter/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { rowsRefused, whatIsMissing } from "./import/account.js";
import { importFiles } from "./import/import-files.js";
import { columns } from "./import/invoice-row.js";
import { startTestStack, type TestStack } from "./testing/test-stack.js";

const realData =
  process.env.CHARTER_ONLINE_RETAIL ??
  fileURLToPath(new URL("../../../../shared/data/online-retail", import.meta.url));
/** Two of the twenty days: the first, and one with the most kinds of dirt. The rest is for `charter import`. */
const REAL_FILES = ["2010-12-01.csv", "2010-12-22.csv"];
const silent = { moving: false, line: () => {}, progress: () => {} };

let test: TestStack;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "charter-import-"));
  test = await startTestStack();
}, 120_000);
afterAll(async () => {
  await test.stop();
  rmSync(folder, { recursive: true });
});

function file(name: string, lines: string[]): string {
  const path = join(folder, name);
  writeFileSync(path, [columns.join(","), ...lines, ""].join("\n"));
  return path;
}

describe("importing invoices into a running shop", () => {
  it("takes over what is fine and accounts for the rest, and the second time changes nothing", async () => {
    const path = file("one-day.csv", [
      "536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
      "536365,POST,POSTAGE,1,2010-12-01 08:26:00,18.0,17850.0,United Kingdom",
      "C536379,85123A,WHITE HANGING HEART,-1,2010-12-01 09:41:00,2.55,17850.0,United Kingdom",
      "536370,85123a,WHITE HANGING HEART,2,2010-12-01 10:00:00,2.95,,France",
      "536371,22086,PAPER CHAIN",
    ]);
    const first = await importFiles(test.operator, [path], silent);
    expect(first.stoppedBy).toBeUndefined();
    expect(first.account).toMatchObject({
      rowsIn: 5,
      rowsImported: 3,
      fileMinor: 3_920n,
      imported: { orders: 2n, minor: 3_920n },
      customersAdded: 1n,
    });
    expect(Object.fromEntries(first.account.refusedByReason)).toEqual({ CANCELLATION: 1, MALFORMED: 1 });
    expect(first.account.malformed).toEqual([`${path}:6: has 3 columns instead of 8`]);
    const second = await importFiles(test.operator, [path], silent);
    expect(second.account).toMatchObject({
      imported: { orders: 0n },
      unchanged: { orders: 2n, minor: 3_920n },
      productsChanged: 0n,
      customersAdded: 0n,
    });
    expect(await test.violations()).toEqual([]);
  });

  it("keeps what came before a file that is none", async () => {
    const good = file("good.csv", ["536400,22086,PAPER CHAIN,1,2010-12-02 08:00:00,1.0,,United Kingdom"]);
    const bad = join(folder, "notes.txt");
    writeFileSync(bad, "Dear diary,\n");
    const { account, stoppedBy } = await importFiles(test.operator, [good, bad, good], silent);
    expect(stoppedBy?.message).toContain(`${bad}:1: is not a file of invoices`);
    expect(account).toMatchObject({ files: 1, rowsImported: 1, imported: { orders: 1n } });
  });

  whereAvailable(
    existsSync(realData),
    `no invoices at ${realData}; set CHARTER_ONLINE_RETAIL to their folder`,
  )(
    "accounts for every row and penny of real days",
    async () => {
      const files = readdirSync(realData)
        .filter((name) => REAL_FILES.includes(name))
        .map((name) => join(realData, name));
      const { account, stoppedBy } = await importFiles(test.operator, files, silent);
      expect(stoppedBy).toBeUndefined();
      expect(account.files).toBe(REAL_FILES.length);
      expect(whatIsMissing(account)).toBeUndefined();
      expect(account.rowsImported + rowsRefused(account)).toBe(account.rowsIn);
      expect(account.malformedCount).toBe(0);
      expect(await test.violations()).toEqual([]);
    },
    120_000,
  );
});
