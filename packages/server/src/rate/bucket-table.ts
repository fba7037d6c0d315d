import { createHash } from "node:crypto";

/** Keys that one table follows, each for itself. */
const MAX_KEYS = 16_384;
/** Buckets that the keys for which there is no room share. */
const SHARED_BUCKETS = 1_024;
/** Keys that are looked at to find room for a new one. */
const PROBES = 8;
/** A longer key is kept as its digest, so that keys bound the memory too. */
const MAX_KEY_LENGTH = 64;

/** How fast a bucket fills and how much it holds. */
export interface BucketSize {
  /** Tokens that flow in evenly over `perMs`. */
  readonly requests: number;
  readonly perMs: number;
  /** The most tokens in the bucket. */
  readonly burst: number;
}

/**
 * Token buckets by key, in bounded memory however many keys there are. A bucket is one number, the time at which it will be full again
 * (the virtual scheduling form of the generic cell rate algorithm, ITU-T I.371), so nothing has to refill it.
 *
 * A full bucket is the same as none, so only full ones are taken out to make room. Where none is found among a few, the new key
 * draws from one of 1,024 buckets that such keys share: whoever comes with more addresses than there is room for spoils the buckets of
 * other newcomers at most, never those of keys that are followed already, and wins no tokens by it.
 */
export class BucketTable {
  readonly #fullAtMs = new Map<string, number>();
  readonly #sharedFullAtMs = new Float64Array(SHARED_BUCKETS);
  readonly #maxKeys: number;

  /** @param maxKeys Keys that are followed, each for itself. Default 16,384: about 2 MB. */
  constructor(maxKeys = MAX_KEYS) {
    this.#maxKeys = maxKeys;
  }

  /** Keys that are followed now. */
  get size(): number {
    return this.#fullAtMs.size;
  }

  /** How long until the key's bucket has a token; 0 when it has one now. Takes none. */
  waitMs(key: string, size: BucketSize, nowMs: number): number {
    const fullAtMs = this.#read(boundedKey(key));
    const spentMs = Math.max(0, fullAtMs - nowMs);
    return Math.max(0, spentMs - (size.burst - 1) * intervalMs(size));
  }

  /** Takes a token that `waitMs` has seen. */
  take(key: string, size: BucketSize, nowMs: number): void {
    const bounded = boundedKey(key);
    const fullAtMs = Math.max(this.#read(bounded), nowMs) + intervalMs(size);
    if (this.#fullAtMs.has(bounded) || this.#makeRoom(nowMs)) this.#fullAtMs.set(bounded, fullAtMs);
    else this.#sharedFullAtMs[sharedIndex(bounded)] = fullAtMs;
  }

  #read(key: string): number {
    const own = this.#fullAtMs.get(key);
    if (own !== undefined) return own;
    const shared = this.#fullAtMs.size < this.#maxKeys ? 0 : this.#sharedFullAtMs[sharedIndex(key)];
    return shared ?? 0;
  }

  /** The table keeps its order, so a key that is looked at and kept goes to its end and each gets its turn. */
  #makeRoom(nowMs: number): boolean {
    if (this.#fullAtMs.size < this.#maxKeys) return true;
    let probes = 0;
    for (const [key, fullAtMs] of this.#fullAtMs) {
      this.#fullAtMs.delete(key);
      if (fullAtMs <= nowMs) return true;
      this.#fullAtMs.set(key, fullAtMs);
      probes += 1;
      if (probes === PROBES) return false;
    }
    return false;
  }
}

function intervalMs({ requests, perMs }: BucketSize): number {
  return perMs / requests;
}

function boundedKey(key: string): string {
  return key.length <= MAX_KEY_LENGTH ? key : createHash("sha256").update(key).digest("base64");
}

/** FNV-1a, 32 bits. Who finds keys that meet in one bucket only has fewer tokens for them. */
function sharedIndex(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1)
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % SHARED_BUCKETS;
}
