/** How many observations were at or below a bound, as histograms have it. */
export interface CumulativeBucket {
  readonly bound: number;
  readonly count: number;
}

/**
 * A quantile of a histogram by linear interpolation within its bucket, as Prometheus' histogram_quantile does; the highest finite
 * bound for what lies above it. Undefined without observations.
 */
export function quantile(q: number, buckets: readonly CumulativeBucket[]): number | undefined {
  const sorted = buckets.toSorted((a, b) => a.bound - b.bound);
  const total = sorted.at(-1)?.count ?? 0;
  if (total <= 0) return undefined;
  const rank = q * total;
  const index = sorted.findIndex(({ count }) => count >= rank);
  const [below, at] = [sorted[index - 1], sorted[index]];
  if (!at || at.bound === Number.POSITIVE_INFINITY) return below?.bound;
  const [floor, under] = below ? [below.bound, below.count] : [0, 0];
  return floor + (at.bound - floor) * ((rank - under) / Math.max(at.count - under, 1));
}
