import type { Clock } from "@charter/time";

/** The window moves on in steps of a tenth of it. */
const BUCKETS = 10;

interface Bucket {
  slot: number;
  total: number;
  hits: number;
}

/** Two counts over the last `windowMs`, in constant memory. */
export class SlidingWindow {
  readonly #clock: Clock;
  readonly #bucketMs: number;
  readonly #buckets: Bucket[] = Array.from({ length: BUCKETS }, () => ({
    slot: Number.NEGATIVE_INFINITY,
    total: 0,
    hits: 0,
  }));

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock;
    this.#bucketMs = windowMs / BUCKETS;
  }

  add(total: number, hits: number): void {
    const slot = this.#slot();
    const bucket = this.#buckets[slot % BUCKETS] as Bucket;
    if (bucket.slot !== slot) Object.assign(bucket, { slot, total: 0, hits: 0 });
    bucket.total += total;
    bucket.hits += hits;
  }

  counts(): { readonly total: number; readonly hits: number } {
    const oldest = this.#slot() - BUCKETS + 1;
    let total = 0;
    let hits = 0;
    for (const bucket of this.#buckets) {
      if (bucket.slot < oldest) continue;
      total += bucket.total;
      hits += bucket.hits;
    }
    return { total, hits };
  }

  clear(): void {
    for (const bucket of this.#buckets) bucket.slot = Number.NEGATIVE_INFINITY;
  }

  #slot(): number {
    return Math.floor(this.#clock.monotonicMs() / this.#bucketMs);
  }
}
