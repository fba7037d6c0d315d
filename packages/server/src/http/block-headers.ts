import type { HeaderBlock } from "@charter/wire";
import { LazyHeaders } from "./lazy-headers.js";

/** The fields of a header block, without the pseudo-header fields: requests with equal blocks share them. */
export class BlockHeaders extends LazyHeaders {
  readonly #block: HeaderBlock;

  constructor(block: HeaderBlock) {
    super();
    this.#block = block;
  }

  protected override find(name: string): string | null {
    const { fields } = this.#block;
    if (name.startsWith(":")) return null;
    let found: string | null = null;
    for (let index = 0; index < fields.length; index += 2) {
      if (fields[index] !== name) continue;
      // A second one: the values are joined, and cookies in their own way.
      if (found !== null) return this.full.get(name);
      found = fields[index + 1] ?? "";
    }
    // Names in the block are lower case; somebody may ask in another.
    return found ?? (LOWER_CASE.test(name) ? null : this.full.get(name));
  }

  protected override collect(): Headers {
    return fullHeaders(this.#block);
  }
}

const LOWER_CASE = /^[a-z0-9-]*$/;

/** Pieces of a cookie are joined as RFC 9113, section 8.2.3 asks, all other values by commas. */
function fullHeaders({ fields }: HeaderBlock): Headers {
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
