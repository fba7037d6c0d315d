const TOKEN = /^:?[\w!#$%&'*+\-.^|~`]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const VALUE = /^[^\x00-\x08\x0a-\x1f\x7f]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const TEXT = /^[^\x00\n\r]*$/;

/** A header's name, or a pseudo-header's (RFC 7230, section 3.2.6; RFC 9113, section 8.3). */
export function isHeaderName(text: string): boolean {
  return TOKEN.test(text);
}

/** A header's value: no control characters but tabs. */
export function isHeaderValue(text: string): boolean {
  return VALUE.test(text);
}

/** Anything on one line without NUL. */
export function isPlainText(text: string): boolean {
  return TEXT.test(text);
}

/** The same, and not empty. */
export function isPlainLine(text: string): boolean {
  return text !== "" && TEXT.test(text);
}
