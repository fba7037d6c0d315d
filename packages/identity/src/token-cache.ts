import type { Principal } from "./principal.js";

interface Entry {
  readonly principal: Principal;
  readonly expiresAtMs: number;
}

/** Verified tokens, least recently used first out. Holds at most `maxEntries`, and none beyond its expiry. */
export class TokenCache {
  readonly #entries = new Map<string, Entry>();
  readonly #maxEntries: number;

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
    this.#entries.delete(token);
    if (nowMs >= entry.expiresAtMs) return undefined;
    // A Map keeps insertion order: put back, it is the most recently used.
    this.#entries.set(token, entry);
    return entry.principal;
  }

  set(token: string, principal: Principal, expiresAtMs: number): void {
    if (this.#entries.size >= this.#maxEntries) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(token, { principal, expiresAtMs });
  }
}
