import type { Candidate, PickHint } from "./balancer.js";

/** Keeps the number in flight decisive among endpoints that answer at once. */
const LATENCY_FLOOR_MS = 1;

/**
 * The better of two random endpoints: the power of two choices (Mitzenmacher, 2001), where the load of an endpoint is its peak-sensitive
 * latency times the calls it has in flight, this one included.
 */
export function p2cEwma<C extends Candidate>(candidates: readonly C[], { random }: PickHint): C | undefined {
  const { length } = candidates;
  const first = Math.floor(random() * length);
  if (length < 2) return candidates[first];
  const second = (first + 1 + Math.floor(random() * (length - 1))) % length;
  return better(candidates[first], candidates[second]);
}

function better<C extends Candidate>(a: C | undefined, b: C | undefined): C | undefined {
  if (!a || !b) return a ?? b;
  return loadOf(b) < loadOf(a) ? b : a;
}

function loadOf({ latencyMs, inFlight }: Candidate): number {
  return (latencyMs + LATENCY_FLOOR_MS) * (inFlight + 1);
}
