import type { HeaderBlock } from "../hpack/header-block.js";
import { areFieldsValid, contentLength, pseudoFields } from "../http/fields.js";

/** The start of a request, checked by RFC 9113, section 8.3.1. Requests with the same header block share one object. */
export interface RequestHead {
  readonly method: string;
  readonly scheme: string;
  /** With its query; "*" for OPTIONS of the server. */
  readonly path: string;
  /** `:authority`, else `host`, else empty. */
  readonly authority: string;
  /** Declared length of the body in bytes; -1 where none is declared. */
  readonly contentLength: number;
  /** All fields of the block, pseudo-header fields among them. */
  readonly block: HeaderBlock;
  /** Owned by the layer above, which keeps here what it derives from the head. */
  memo: unknown;
}

const requestPseudoFields: ReadonlySet<string> = new Set([":method", ":scheme", ":path", ":authority"]);
const malformed = Symbol("malformed");

/** Reads the head of a request; undefined for a malformed one. Blocks that were read before are not read again. */
export function requestHead(block: HeaderBlock): RequestHead | undefined {
  if (block.memo === undefined) block.memo = parse(block) ?? malformed;
  return block.memo === malformed ? undefined : (block.memo as RequestHead);
}

function parse(block: HeaderBlock): RequestHead | undefined {
  const pseudo = pseudoFields(block, requestPseudoFields);
  const length = contentLength(block);
  if (!pseudo || length === undefined || !areFieldsValid(block, pseudo.size * 2)) return undefined;
  const method = pseudo.get(":method");
  const scheme = pseudo.get(":scheme");
  const path = pseudo.get(":path");
  if (!method || !scheme || !path || (path[0] !== "/" && path !== "*")) return undefined;
  return {
    method,
    scheme,
    path,
    authority: pseudo.get(":authority") ?? block.get("host") ?? "",
    contentLength: length,
    block,
    memo: undefined,
  };
}
