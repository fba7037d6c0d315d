const FIRST_BOUND_US = 250;
const BUCKETS = 18;

/** Upper bounds in seconds: 0.00025, 0.0005, … doubled up to 32.768. One more bucket holds what takes longer. */
export const durationBoundsSeconds: readonly number[] = Array.from(
  { length: BUCKETS },
  (_, index) => (FIRST_BOUND_US * 2 ** index) / 1_000_000,
);

/** Buckets of a duration, the one without an upper bound included. */
export const DURATION_BUCKETS = BUCKETS + 1;

/** The bucket that a duration falls in, from 0 up to `DURATION_BUCKETS - 1`. */
export function durationBucket(durationMs: number): number {
  // The bounds double, so the bucket is a logarithm, which is how many bits the number of first buckets takes.
  const firsts = Math.ceil((durationMs * 1_000) / FIRST_BOUND_US);
  if (!(firsts > 1)) return 0;
  return Math.min(32 - Math.clz32(Math.min(firsts, 0x7fffffff) - 1), BUCKETS);
}
