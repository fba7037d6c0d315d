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
 * The headers of a request, which cannot be changed. Single ones are looked up where they came; only who iterates pays for a full set.
 */
export abstract class LazyHeaders extends PlainHeaders {
  #all: Headers | undefined;
  readonly #kept = new Map<string, string | null>();

  /** The value of a name that may be in any case; null where it did not come. */
  protected abstract find(name: string): string | null;
  /** All of them. */
  protected abstract collect(): Headers;

  override get(name: string): string | null {
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept;
    const value = this.find(name);
    if (this.#kept.size < MAX_KEPT) this.#kept.set(name, value);
    return value;
  }

  override has(name: string): boolean {
    return this.get(name) !== null;
  }

  override getSetCookie(): string[] {
    return this.full.getSetCookie();
  }

  override forEach(callback: Parameters<Headers["forEach"]>[0]): void {
    for (const [name, value] of this.full) callback(value, name, this);
  }

  override entries(): ReturnType<Headers["entries"]> {
    return this.full.entries();
  }

  override keys(): ReturnType<Headers["keys"]> {
    return this.full.keys();
  }

  override values(): ReturnType<Headers["values"]> {
    return this.full.values();
  }

  override [Symbol.iterator](): ReturnType<Headers["entries"]> {
    return this.full[Symbol.iterator]();
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

  protected get full(): Headers {
    this.#all ??= this.collect();
    return this.#all;
  }
}

function unchangeable(): TypeError {
  return new TypeError("the headers of a request cannot be changed");
}
