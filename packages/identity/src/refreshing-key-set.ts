import type { Clock } from "@charter/time";
import { KeySetUnavailableError } from "./errors.js";
import type { KeySet, VerificationKey } from "./key-set.js";

/** How a key set is kept fresh. All times in milliseconds. */
export interface RefreshPolicy {
  /** Names the source in errors. */
  readonly source: string;
  readonly clock: Clock;
  /** After a load that worked, an unknown `kid` does not cause another before this has passed. */
  readonly minIntervalMs: number;
  /** The same after a load that failed. */
  readonly failureIntervalMs: number;
  /** Keys older than this are loaded anew before use, so that a withdrawn key ends. They stay in use while that fails. */
  readonly maxAgeMs: number;
}

/** A key set that loads all keys of a source at once, when it needs to and no more often than its policy allows. */
export class RefreshingKeySet implements KeySet {
  readonly #load: () => Promise<Map<string, VerificationKey>>;
  readonly #policy: RefreshPolicy;
  #keys: ReadonlyMap<string, VerificationKey> = new Map();
  #loadedAtMs = Number.NEGATIVE_INFINITY;
  #attemptedAtMs = Number.NEGATIVE_INFINITY;
  #failure: KeySetUnavailableError | undefined;
  #loading: Promise<void> | undefined;

  constructor(load: () => Promise<Map<string, VerificationKey>>, policy: RefreshPolicy) {
    this.#load = load;
    this.#policy = policy;
  }

  async find(kid: string): Promise<VerificationKey | undefined> {
    const known = this.#keys.get(kid);
    if (known && !this.#outOfDate()) return known;
    await this.#refreshIfDue();
    const key = this.#keys.get(kid);
    if (!key && this.#failure) throw this.#failure;
    return key;
  }

  #outOfDate(): boolean {
    return this.#policy.clock.monotonicMs() - this.#loadedAtMs > this.#policy.maxAgeMs;
  }

  #refreshIfDue(): Promise<void> | undefined {
    if (this.#loading) return this.#loading;
    const { clock, minIntervalMs, failureIntervalMs } = this.#policy;
    const intervalMs = this.#failure ? failureIntervalMs : minIntervalMs;
    if (clock.monotonicMs() - this.#attemptedAtMs < intervalMs) return undefined;
    this.#loading = this.#refresh().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #refresh(): Promise<void> {
    try {
      this.#keys = await this.#load();
      this.#failure = undefined;
      this.#loadedAtMs = this.#policy.clock.monotonicMs();
    } catch (error) {
      this.#failure = new KeySetUnavailableError(this.#policy.source, error);
    } finally {
      this.#attemptedAtMs = this.#policy.clock.monotonicMs();
    }
  }
}
