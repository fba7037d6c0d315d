import type { Clock } from "@charter/time";

const MAX_ANSWERS = 1_000;
const MAX_BYTES = 16 * 1_024 * 1_024;

interface KeptAnswer {
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

/** The last good answers of a channel, the longest unused leaving first when there are too many or they are too large. */
export class StaleCache {
  readonly #clock: Clock;
  readonly #answers = new Map<string, KeptAnswer>();
  #bytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#answers.size;
  }

  put(key: string, bytes: Uint8Array): void {
    this.#remove(key);
    if (bytes.length > MAX_BYTES) return;
    this.#answers.set(key, { bytes, atMs: this.#clock.monotonicMs() });
    this.#bytes += bytes.length;
    while (this.#answers.size > MAX_ANSWERS || this.#bytes > MAX_BYTES) {
      const [oldest = ""] = this.#answers.keys();
      this.#remove(oldest);
    }
  }

  /** The answer and its age in milliseconds, unless it is older than `maxAgeMs`. */
  get(key: string, maxAgeMs: number): { readonly bytes: Uint8Array; readonly ageMs: number } | undefined {
    const kept = this.#answers.get(key);
    if (!kept) return undefined;
    const ageMs = this.#clock.monotonicMs() - kept.atMs;
    if (ageMs > maxAgeMs) {
      this.#remove(key);
      return undefined;
    }
    this.#answers.delete(key);
    this.#answers.set(key, kept);
    return { bytes: kept.bytes, ageMs };
  }

  clear(): void {
    this.#answers.clear();
    this.#bytes = 0;
  }

  #remove(key: string): void {
    this.#bytes -= this.#answers.get(key)?.bytes.length ?? 0;
    this.#answers.delete(key);
  }
}
