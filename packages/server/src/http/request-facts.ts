import type { HeaderBlock, RequestHead } from "@charter/wire";
import { BlockHeaders } from "./block-headers.js";
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
  readonly header: Headers;
  /** Owned by the fast lane, which keeps here where it found the head to lead. */
  memo: unknown;
}

/** Reads a head, or remembers what it read. */
export function requestFacts(head: RequestHead): RequestFacts {
  head.memo ??= read(head);
  return head.memo as RequestFacts;
}

function read(head: RequestHead): RequestFacts {
  const [path = "", query = ""] = head.path.split(/\?(.*)/s, 2);
  return { refusal: refusalOf(head), path, query, header: new BlockHeaders(head.block), memo: undefined };
}

function refusalOf({ path, authority, block }: RequestHead): 400 | 431 | undefined {
  if (sizeOf(block) > MAX_HEADER_BYTES) return 431;
  return isSoundTarget(path, authority || undefined) ? undefined : 400;
}

function sizeOf({ fields }: HeaderBlock): number {
  return fields.reduce((sum, part) => sum + part.length, 0);
}
