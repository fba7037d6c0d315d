import { invalidArgument } from "@charter/server";
import type { PageRequest } from "@shop/contract/shop/type/v1/page_pb.js";
import { validate as isUuid } from "uuid";

const defaultPageSize = 50;

/** How many entries are asked for. */
export function pageSizeOf(page: PageRequest | undefined): number {
  return page?.pageSize || defaultPageSize;
}

/** The id that the page before ended with; undefined: the first page is asked for. INVALID_ARGUMENT for a token that tokenOf did not give. */
export function idAfter(page: PageRequest | undefined): string | undefined {
  const token = page?.pageToken ?? "";
  if (token === "") return undefined;
  const id = Buffer.from(token, "base64url").toString();
  if (!isUuid(id)) throw invalidArgument("page.page_token", "is not a token that this list gave");
  return id;
}

/** Asks for what comes after the id. */
export function tokenOf(id: string): string {
  return Buffer.from(id).toString("base64url");
}
