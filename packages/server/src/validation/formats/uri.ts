/**
 * RFC 3986 without its rare forms, an IP address in brackets and escapes in the host, which are left to the library. No two parts that
 * stand next to each other may repeat share a character, but for user and host, so the time grows with the length and no faster.
 */
const SEGMENT = String.raw`(?:[\w.~!$&'()*+,;=:@-]|%[0-9a-fA-F]{2})`;
const NAME = String.raw`(?:[\w.~!$&'()*+,;=@-]|%[0-9a-fA-F]{2})`;
const USER = String.raw`(?:(?:[\w.~!$&'()*+,;=:-]|%[0-9a-fA-F]{2})*@)?`;
const AUTHORITY = String.raw`//${USER}[\w.~!$&'()*+,;=-]*(?::\d*)?(?:/${SEGMENT}*)*`;
const ABSOLUTE = `/(?:${SEGMENT}+(?:/${SEGMENT}*)*)?`;
const ROOTLESS = `${SEGMENT}+(?:/${SEGMENT}*)*`;
const REST = String.raw`(?:\?(?:${SEGMENT}|[/?])*)?(?:#(?:${SEGMENT}|[/?])*)?`;

const URI = new RegExp(`^[A-Za-z][A-Za-z0-9+.-]*:(?:${AUTHORITY}|${ABSOLUTE}|${ROOTLESS})?${REST}$`);
const RELATIVE = `${NAME}+(?:/${SEGMENT}*)*`;
const REFERENCE = new RegExp(`^(?:${AUTHORITY}|${ABSOLUTE}|${RELATIVE})?${REST}$`);

/** E.g. https://example.com/a?b#c. */
export function isUri(text: string): boolean {
  return URI.test(text);
}

/** The same, or one that is relative to another, e.g. /a?b. */
export function isUriRef(text: string): boolean {
  return REFERENCE.test(text) || URI.test(text);
}
