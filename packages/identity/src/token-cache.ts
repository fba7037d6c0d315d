import type { Principal } from "./principal.js";

interface Entry {
  readonly principal: Principal;
  readonly expiresAtMs: number;
}

/** Verified tokens, least recently used first out. Holds at most `maxEntries`, and none beyond its expiry. */
export class TokenCache {
  readonly #entries = new Map<string, Entry>();
  readonly #maxEntries: number;
  #newest: string | undefined;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  /** How many tokens it holds. */
  get size(): number {
    return this.#entries.size;
  }

  get(token: string, nowMs: number): Principal | undefined {
    const entry = this.#entries.get(token);
    if (!entry) return undefined;
    if (nowMs >= entry.expiresAtMs) {
      this.#entries.delete(token);
      return undefined;
    }
    if (token !== this.#newest) this.#putLast(token, entry);
    return entry.principal;
  }

  set(token: string, principal: Principal, expiresAtMs: number): void {
    if (this.#entries.size >= this.#maxEntries) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#putLast(token, { principal, expiresAtMs });
  }

  /** A Map keeps insertion order: put back, it is the most recently used. */
  #putLast(token: string, entry: Entry): void {
    this.#entries.delete(token);
    this.#entries.set(token, entry);
    this.#newest = token;
  }
}
