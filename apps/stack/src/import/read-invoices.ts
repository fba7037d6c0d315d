import { createReadStream } from "node:fs";
import { type CsvError, type Info, parse } from "csv-parse";
import {
  columns,
  type InvoiceRow,
  isRefused,
  parseRow,
  type RawRow,
  type RefusedRow,
} from "./invoice-row.js";

/** A file is refused beyond this many lines, so that its rows always fit in memory. */
export const MAX_LINES = 500_000;
/** A line beyond this many characters is no invoice line. */
const MAX_LINE_LENGTH = 10_000;

/** What a file says, line by line. */
export interface InvoiceFile {
  /** Lines after the header. */
  rowsIn: number;
  rows: InvoiceRow[];
  refused: RefusedRow[];
}

/** The file, or the rest of it, cannot be read as invoices. */
export class UnreadableFileError extends Error {
  constructor(file: string, line: number, reason: string, options?: ErrorOptions) {
    super(`${file}:${line}: ${reason}`, options);
    this.name = "UnreadableFileError";
  }
}

/**
 * Reads a file of invoices. A line that is not an invoice line is refused with its number and reason and the others stay. Throws
 * UnreadableFileError when the file as a whole is something else: another header, no text, too long, or not there.
 */
export async function readInvoices(file: string): Promise<InvoiceFile> {
  const result: InvoiceFile = { rowsIn: 0, rows: [], refused: [] };
  let header: string[] | undefined;
  for await (const { record, info } of records(file)) {
    if (!header) {
      header = record;
      assertHeader(file, header);
      continue;
    }
    result.rowsIn += 1;
    if (result.rowsIn > MAX_LINES)
      throw new UnreadableFileError(file, info.lines, `has more than ${MAX_LINES} lines; split it`);
    take(result, info.lines, record);
  }
  if (!header)
    throw new UnreadableFileError(file, 1, `is empty; its first line must be ${columns.join(",")}`);
  return result;
}

async function* records(file: string): AsyncGenerator<{ record: string[]; info: Info }> {
  const parser = parse({
    info: true,
    record_delimiter: ["\r\n", "\n"],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: MAX_LINE_LENGTH,
    bom: true,
  });
  const source = createReadStream(file);
  source.on("error", (error) => parser.destroy(error));
  try {
    for await (const found of source.pipe(parser)) yield found;
  } catch (error) {
    throw unreadable(file, error as CsvError | NodeJS.ErrnoException);
  } finally {
    source.destroy();
  }
}

function unreadable(file: string, error: CsvError | NodeJS.ErrnoException): UnreadableFileError {
  if (error.code === "ENOENT")
    return new UnreadableFileError(file, 0, "there is no such file", { cause: error });
  if (error.code === "EISDIR")
    return new UnreadableFileError(file, 0, "is a folder; name its files", { cause: error });
  const line = "lines" in error && typeof error.lines === "number" ? error.lines : 0;
  return new UnreadableFileError(file, line, error.message, { cause: error });
}

function assertHeader(file: string, header: readonly string[]): void {
  if (columns.every((name, index) => header[index] === name) && header.length === columns.length) return;
  throw new UnreadableFileError(
    file,
    1,
    `is not a file of invoices: the first line must be ${columns.join(",")}`,
  );
}

function take(result: InvoiceFile, line: number, record: readonly string[]): void {
  if (record.length !== columns.length) {
    const detail = `has ${record.length} columns instead of ${columns.length}`;
    result.refused.push({ line, reason: "MALFORMED", detail });
    return;
  }
  const raw = Object.fromEntries(columns.map((name, index) => [name, record[index] ?? ""])) as RawRow;
  const row = parseRow(line, raw);
  if (isRefused(row)) result.refused.push(row);
  else result.rows.push(row);
}
