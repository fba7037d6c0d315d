import type { Candidate, PickHint } from "./balancer.js";
import { hash32 } from "./hash32.js";

/** Points of one endpoint on the ring; 100 keep the shares of endpoints within about a tenth of each other. */
const POINTS_PER_ENDPOINT = 100;
/** An endpoint takes at most this many times the average number in flight before the next on the ring takes over. */
const BOUND = 1.25;
/** Rings that are kept: one per set of endpoints seen lately. */
const MAX_RINGS = 16;

interface Point {
  readonly at: number;
  readonly key: string;
}

const rings = new Map<string, readonly Point[]>();

/**
 * The endpoint whose point on a ring follows the call's hash, so that equal hashes meet the same endpoint and a change of the list moves
 * few of them. An endpoint with too much in flight is passed over: consistent hashing with bounded loads (Mirrokni, Thorup and
 * Zadimoghaddam, 2016). A call without a hash goes to a random place on the ring.
 */
export function consistentHash<C extends Candidate>(
  candidates: readonly C[],
  { hash, random }: PickHint,
): C | undefined {
  if (candidates.length < 2) return candidates[0];
  const ring = ringOf(candidates.map(({ key }) => key));
  const at = hash === "" ? Math.floor(random() * 2 ** 32) : hash32(hash);
  const byKey = new Map(candidates.map((candidate) => [candidate.key, candidate]));
  const most = Math.ceil((BOUND * (totalInFlight(candidates) + 1)) / candidates.length);
  return firstBelow(most, ring, placeOf(ring, at), byKey);
}

function firstBelow<C extends Candidate>(
  most: number,
  ring: readonly Point[],
  start: number,
  byKey: ReadonlyMap<string, C>,
): C | undefined {
  for (let step = 0; step < ring.length; step += 1) {
    const candidate = byKey.get(ring[(start + step) % ring.length]?.key ?? "");
    if (candidate && candidate.inFlight < most) return candidate;
  }
  return byKey.get(ring[start]?.key ?? "");
}

function totalInFlight(candidates: readonly Candidate[]): number {
  return candidates.reduce((sum, { inFlight }) => sum + inFlight, 0);
}

/** Index of the first point at or after a place, wrapping around. */
function placeOf(ring: readonly Point[], at: number): number {
  let low = 0;
  let high = ring.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ring[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low % ring.length;
}

function ringOf(keys: readonly string[]): readonly Point[] {
  const name = keys.toSorted().join(" ");
  const known = rings.get(name);
  if (known) return known;
  const [oldest] = rings.keys();
  if (rings.size >= MAX_RINGS && oldest !== undefined) rings.delete(oldest);
  const ring = keys.flatMap(pointsOf).toSorted((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
  rings.set(name, ring);
  return ring;
}

function pointsOf(key: string): Point[] {
  return Array.from({ length: POINTS_PER_ENDPOINT }, (_, i) => ({ at: hash32(`${key} ${i}`), key }));
}
