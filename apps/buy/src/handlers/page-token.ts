import { createHash } from "node:crypto";
import { invalidArgument } from "@charter/server";
import type { PageRequest } from "@shop/contract/shop/type/v1/page_pb.js";
import { z } from "zod";

const DEFAULT_PAGE_SIZE = 50;
const tokenSchema = z.array(z.string()).min(1);

/** The most entries that a page answers with. */
export function pageSizeOf(page: PageRequest | undefined): number {
  return page?.pageSize || DEFAULT_PAGE_SIZE;
}

/** Says where a list goes on. `list` is everything that makes it the list it is: its name and its filters. */
export function writePageToken(list: readonly string[], position: readonly string[]): string {
  return Buffer.from(JSON.stringify([listName(list), ...position])).toString("base64url");
}

/**
 * Where the list goes on; undefined for its beginning.
 *
 * @throws ContractError INVALID_ARGUMENT for a token that this list did not give
 */
export function readPageToken(
  page: PageRequest | undefined,
  list: readonly string[],
): readonly string[] | undefined {
  if (!page?.pageToken) return undefined;
  const parsed = tokenSchema.safeParse(parseJson(page.pageToken));
  const [name, ...position] = parsed.data ?? [];
  if (name !== listName(list)) {
    throw invalidArgument("page.page_token", "is not a token that this list gave");
  }
  return position;
}

function listName(list: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(list)).digest("base64url").slice(0, 12);
}

function parseJson(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, "base64url").toString());
  } catch {
    // What is no JSON is no token either; the caller is told so.
    return undefined;
  }
}
