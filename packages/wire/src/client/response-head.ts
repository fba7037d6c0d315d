import type { HeaderBlock } from "../hpack/header-block.js";
import { areFieldsValid, contentLength, pseudoFields } from "../http/fields.js";

/** The start of a response, checked by RFC 9113, section 8.3.2. Responses with the same header block share one object. */
export interface ResponseHead {
  /** 200 to 999: interim responses are not passed on. */
  readonly status: number;
  /** Declared length of the body in bytes; -1 where none is declared. */
  readonly contentLength: number;
  /** All fields of the block, `:status` among them. */
  readonly block: HeaderBlock;
  /** Owned by the layer above, which keeps here what it derives from the head. */
  memo: unknown;
}

const responsePseudoFields: ReadonlySet<string> = new Set([":status"]);
const isStatus = /^[1-9]\d\d$/;
const malformed = Symbol("malformed");

/** Reads the head of a response, an interim one too; undefined for a malformed one. Blocks that were read before are not read again. */
export function responseHead(block: HeaderBlock): ResponseHead | undefined {
  if (block.memo === undefined) block.memo = parse(block) ?? malformed;
  return block.memo === malformed ? undefined : (block.memo as ResponseHead);
}

function parse(block: HeaderBlock): ResponseHead | undefined {
  const pseudo = pseudoFields(block, responsePseudoFields);
  const length = contentLength(block);
  if (!pseudo || length === undefined || !areFieldsValid(block, pseudo.size * 2)) return undefined;
  const status = pseudo.get(":status");
  if (!status || !isStatus.test(status)) return undefined;
  return { status: Number(status), contentLength: length, block, memo: undefined };
}
