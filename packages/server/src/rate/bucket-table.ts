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
  readonly #buckets = new Map<string, Bucket>();
  readonly #sharedFullAtMs = new Float64Array(SHARED_BUCKETS);
  readonly #maxKeys: number;

  /** @param maxKeys Keys that are followed, each for itself. Default 16,384: about 2 MB. */
  constructor(maxKeys = MAX_KEYS) {
    this.#maxKeys = maxKeys;
  }

  /** Keys that are followed now. */
  get size(): number {
    return this.#buckets.size;
  }

  /** How long until the key's bucket has a token; 0 when it has one now. Takes none. */
  waitMs(key: string, size: BucketSize, nowMs: number): number {
    const spentMs = Math.max(0, this.#fullAtMs(boundedKey(key)) - nowMs);
    return Math.max(0, spentMs - (size.burst - 1) * intervalMs(size));
  }

  /** Takes a token that `waitMs` has seen. */
  take(key: string, size: BucketSize, nowMs: number): void {
    const bounded = boundedKey(key);
    const bucket = this.#buckets.get(bounded);
    if (bucket) {
      bucket.fullAtMs = Math.max(bucket.fullAtMs, nowMs) + intervalMs(size);
      return;
    }
    const fullAtMs = Math.max(this.#fullAtMs(bounded), nowMs) + intervalMs(size);
    if (this.#makeRoom(nowMs)) this.#buckets.set(bounded, { fullAtMs });
    else this.#sharedFullAtMs[sharedIndex(bounded)] = fullAtMs;
  }

  #fullAtMs(key: string): number {
    const own = this.#buckets.get(key);
    if (own) return own.fullAtMs;
    const shared = this.#buckets.size < this.#maxKeys ? 0 : this.#sharedFullAtMs[sharedIndex(key)];
    return shared ?? 0;
  }

  /** The table keeps its order, so a key that is looked at and kept goes to its end and each gets its turn. */
  #makeRoom(nowMs: number): boolean {
    if (this.#buckets.size < this.#maxKeys) return true;
    let probes = 0;
    for (const [key, bucket] of this.#buckets) {
      this.#buckets.delete(key);
      if (bucket.fullAtMs <= nowMs) return true;
      this.#buckets.set(key, bucket);
      probes += 1;
      if (probes === PROBES) return false;
    }
    return false;
  }
}

/** What is known of a key: when its bucket will be full again. Changed in place, for that costs no allocation. */
interface Bucket {
  fullAtMs: number;
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
