import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { columns } from "./invoice-row.js";
import { readInvoices, UnreadableFileError } from "./read-invoices.js";

const header = columns.join(",");
const good = "536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom";
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "charter-invoices-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("readInvoices", () => {
  it("takes quoted commas and both kinds of line ends", async () => {
    const path = file(
      "quoted.csv",
      `${header}\r\n536370,22728,"ALARM CLOCK, ""PINK""",24,2010-12-01 08:45:00,3.75,,France\r\n${good}\n`,
    );
    const { rowsIn, rows } = await readInvoices(path);
    expect(rowsIn).toBe(2);
    expect(rows.map((row) => row.description)).toEqual(['ALARM CLOCK, "PINK"', "WHITE METAL LANTERN"]);
  });

  it("refuses a truncated line by its number and keeps the others", async () => {
    const { rowsIn, rows, refused } = await readInvoices(
      file("truncated.csv", `${header}\n${good}\n536365,84406B,CREAM\n${good}\n`),
    );
    expect(rowsIn).toBe(3);
    expect(rows.map((row) => row.line)).toEqual([2, 4]);
    expect(refused).toEqual([{ line: 3, reason: "MALFORMED", detail: "has 3 columns instead of 8" }]);
  });

  it.each([
    ["another header", "a,b,c\n1,2,3\n", /:1: is not a file of invoices/],
    ["nothing", "", /:1: is empty/],
    ["bytes that are no text", new Uint8Array(20_000).fill(0xff), /:\d+: /],
    ["a quote that never ends", `${header}\n${good}\n536365,71053,"${"x".repeat(12_000)}`, /:\d+: /],
  ])("refuses %s, naming file and line", async (name, content, message) => {
    const path = file(`${name}.csv`, content);
    const failure = await readInvoices(path).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnreadableFileError);
    expect(String(failure)).toContain(path);
    expect(String(failure)).toMatch(message);
  });

  it.each([
    ["a file that is not there", "absent.csv", "there is no such file"],
    ["a folder", ".", "is a folder"],
  ])("refuses %s", async (_what, name, message) => {
    await expect(readInvoices(join(folder, name))).rejects.toThrow(message);
  });
});
