import type { HeaderBlock, RequestHead } from "@charter/wire";
import { MAX_HEADER_BYTES } from "./bounds.js";
import { isSoundTarget } from "./guard.js";

/** What follows from a request's head alone. Requests with equal header blocks share it. */
export interface RequestFacts {
  /** The HTTP status that says what is wrong with the head; undefined for a sound one. */
  readonly refusal: 400 | 431 | undefined;
  /** The path without the query. */
  readonly path: string;
  /** The query without its question mark. */
  readonly query: string;
  /** Owned by the fast lane, which keeps here what it derives from the head. */
  memo: unknown;
}

/** Reads a head, or remembers what it read. */
export function requestFacts(head: RequestHead): RequestFacts {
  head.memo ??= read(head);
  return head.memo as RequestFacts;
}

function read(head: RequestHead): RequestFacts {
  const [path = "", query = ""] = head.path.split(/\?(.*)/s, 2);
  return { refusal: refusalOf(head), path, query, memo: undefined };
}

function refusalOf({ path, authority, block }: RequestHead): 400 | 431 | undefined {
  if (sizeOf(block) > MAX_HEADER_BYTES) return 431;
  return isSoundTarget(path, authority || undefined) ? undefined : 400;
}

function sizeOf({ fields }: HeaderBlock): number {
  return fields.reduce((sum, part) => sum + part.length, 0);
}

/** The fields of a block without the pseudo-header fields. Pieces of a cookie are joined as RFC 9113, section 8.2.3 asks. */
export function headersOf({ fields }: HeaderBlock): Headers {
  const headers = new Headers();
  const cookies: string[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? "";
    const value = fields[index + 1] ?? "";
    if (name === "cookie") cookies.push(value);
    else if (!name.startsWith(":")) headers.append(name, value);
  }
  if (cookies.length > 0) headers.set("cookie", cookies.join("; "));
  return headers;
}
