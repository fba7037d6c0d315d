import type { HeaderBlock } from "../hpack/header-block.js";

/** Fields that speak of one connection have no place in HTTP/2. RFC 9113, section 8.2.2. */
const connectionFields: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);
/** RFC 9110, section 5.6.2, without capitals, which RFC 9113, section 8.2.1 forbids. */
const isFieldName = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
/** RFC 9113, section 8.2.1: no NUL, CR or LF, and no white space at the ends. */
const badFieldValue = /[\0\r\n]|^[ \t]|[ \t]$/;
const isContentLength = /^\d{1,15}$/;

/** Whether a field section that follows a body is well formed: no pseudo-header field, no field of the connection. */
export const areTrailersValid = (block: HeaderBlock): boolean => areFieldsValid(block, 0);

/** Whether the fields from an index on are regular ones. A second content-length would let two readers see two bodies. */
export function areFieldsValid({ fields }: HeaderBlock, from: number): boolean {
  let lengths = 0;
  for (let index = from; index < fields.length; index += 2) {
    const name = fields[index] as string;
    if (!isFieldValid(name, fields[index + 1] as string)) return false;
    if (name === "content-length") lengths += 1;
  }
  return lengths <= 1;
}

/**
 * The pseudo-header fields that begin a block; undefined when one is unknown, comes twice or has a malformed value. RFC 9113, section 8.3.
 */
export function pseudoFields(
  { fields }: HeaderBlock,
  known: ReadonlySet<string>,
): Map<string, string> | undefined {
  const pseudo = new Map<string, string>();
  for (let index = 0; fields[index]?.startsWith(":"); index += 2) {
    const name = fields[index] as string;
    const value = fields[index + 1] as string;
    if (!known.has(name) || pseudo.has(name) || badFieldValue.test(value)) return undefined;
    pseudo.set(name, value);
  }
  return pseudo;
}

/** The declared length of the body in bytes; -1 where none is declared, undefined where it is no length. */
export function contentLength(block: HeaderBlock): number | undefined {
  const value = block.get("content-length");
  if (value === undefined) return -1;
  return isContentLength.test(value) ? Number(value) : undefined;
}

function isFieldValid(name: string, value: string): boolean {
  if (!isFieldName.test(name) || badFieldValue.test(value) || connectionFields.has(name)) return false;
  return name !== "te" || value === "trailers";
}
