import { createHash } from "node:crypto";
import { invalidArgument } from "./errors/chassis-error.js";

/** What a request says of the page that it wants; every contract's page message has this shape. */
export interface Page {
  /** 0 asks for the default. Its bound is the contract's to check. */
  readonly pageSize: number;
  /** Empty asks for the first page. */
  readonly pageToken: string;
}

const defaultPageSize = 50;

/** The most entries that the page answers with; 50 where the request does not say. */
export function pageSizeOf(page: Page | undefined): number {
  return page?.pageSize || defaultPageSize;
}

/** Says where a list goes on. `list` is everything that makes it the list it is: its name and its filters. */
export function writePageToken(list: readonly string[], position: readonly string[]): string {
  return Buffer.from(JSON.stringify([listName(list), ...position])).toString("base64url");
}

/**
 * Where the list goes on, as `writePageToken` was told; undefined for its beginning. Throws INVALID_ARGUMENT for a token that this list did
 * not give. A token is no secret and not sealed: what it says bounds no right.
 */
export function readPageToken(
  page: Page | undefined,
  list: readonly string[],
): readonly string[] | undefined {
  if (!page?.pageToken) return undefined;
  const [name, ...position] = parseTexts(page.pageToken);
  if (name !== listName(list)) {
    throw invalidArgument("page.page_token", "is not a token that this list gave");
  }
  return position;
}

function listName(list: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(list)).digest("base64url").slice(0, 12);
}

function parseTexts(token: string): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    return Array.isArray(parsed) && parsed.every((it) => typeof it === "string") ? parsed : [];
  } catch {
    // What is no JSON is no token either; the caller is told so.
    return [];
  }
}
