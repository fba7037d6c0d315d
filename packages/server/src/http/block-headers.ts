import type { HeaderBlock } from "@charter/wire";

/** The methods of Headers, declared as methods so that a class can have its own. */
interface HeaderMethods {
  append(name: string, value: string): void;
  delete(name: string): void;
  entries(): ReturnType<Headers["entries"]>;
  forEach(callback: Parameters<Headers["forEach"]>[0]): void;
  get(name: string): string | null;
  getSetCookie(): string[];
  has(name: string): boolean;
  keys(): ReturnType<Headers["keys"]>;
  set(name: string, value: string): void;
  values(): ReturnType<Headers["values"]>;
  [Symbol.iterator](): ReturnType<Headers["entries"]>;
}

/** Names whose values are kept once they were asked for: the chassis asks for a dozen, and requests with equal blocks for the same ones. */
const MAX_KEPT = 32;

const PlainHeaders: new () => HeaderMethods = Headers;

/**
 * The fields of a header block, without the pseudo-header fields, as Headers that cannot be changed: requests with equal blocks share
 * them. Single fields are looked up in the block itself; only who iterates pays for a full set.
 */
export class BlockHeaders extends PlainHeaders {
  readonly #block: HeaderBlock;
  #all: Headers | undefined;
  readonly #kept = new Map<string, string | null>();

  constructor(block: HeaderBlock) {
    super();
    this.#block = block;
  }

  override get(name: string): string | null {
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept;
    const value = this.#find(name);
    if (this.#kept.size < MAX_KEPT) this.#kept.set(name, value);
    return value;
  }

  #find(name: string): string | null {
    const { fields } = this.#block;
    if (name.startsWith(":")) return null;
    let found: string | null = null;
    for (let index = 0; index < fields.length; index += 2) {
      if (fields[index] !== name) continue;
      // A second one: the values are joined, and cookies in their own way.
      if (found !== null) return this.#full.get(name);
      found = fields[index + 1] ?? "";
    }
    // Names in the block are lower case; somebody may ask in another.
    return found ?? (LOWER_CASE.test(name) ? null : this.#full.get(name));
  }

  override has(name: string): boolean {
    return this.get(name) !== null;
  }

  override getSetCookie(): string[] {
    return this.#full.getSetCookie();
  }

  override forEach(callback: Parameters<Headers["forEach"]>[0]): void {
    for (const [name, value] of this.#full) callback(value, name, this);
  }

  override entries(): ReturnType<Headers["entries"]> {
    return this.#full.entries();
  }

  override keys(): ReturnType<Headers["keys"]> {
    return this.#full.keys();
  }

  override values(): ReturnType<Headers["values"]> {
    return this.#full.values();
  }

  override [Symbol.iterator](): ReturnType<Headers["entries"]> {
    return this.#full[Symbol.iterator]();
  }

  override append(_name: string, _value: string): never {
    throw unchangeable();
  }

  override set(_name: string, _value: string): never {
    throw unchangeable();
  }

  override delete(_name: string): never {
    throw unchangeable();
  }

  get #full(): Headers {
    this.#all ??= fullHeaders(this.#block);
    return this.#all;
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

function unchangeable(): TypeError {
  return new TypeError("the headers of a request cannot be changed");
}
