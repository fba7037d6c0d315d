import type { Candidate, PickHint } from "./balancer.js";

/** Each endpoint in turn. */
export function roundRobin<C extends Candidate>(candidates: readonly C[], { turn }: PickHint): C | undefined {
  return candidates[turn % candidates.length];
}
