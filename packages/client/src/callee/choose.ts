import type { MethodPolicy } from "@charter/policy";
import type { Address } from "../resolver/resolver.js";
import type { Endpoint } from "./endpoint.js";

/**
 * The endpoints that a call may go to: those that are connected and neither unhealthy, ejected nor behind an open breaker, and of these
 * the ones not tried before. Where that leaves none, the call is better tried than refused: the bars are lowered one after
 * the other, and the breaker, which is asked again, has the last word.
 */
export function eligible(
  endpoints: readonly Endpoint[],
  policy: MethodPolicy,
  tried: ReadonlySet<Address>,
): readonly Endpoint[] {
  // Most callees have one, and then there is nothing to compare.
  const [only] = endpoints;
  if (only && endpoints.length === 1) return heightOf(only, policy, tried) < 0 ? [] : endpoints;
  const heights = endpoints.map((endpoint) => heightOf(endpoint, policy, tried));
  const highest = Math.max(...heights);
  return highest < 0 ? [] : endpoints.filter((_, index) => heights[index] === highest);
}

/** How many of the bars, the lowest first, an endpoint clears; -1 where it takes no call at all. */
function heightOf(endpoint: Endpoint, policy: MethodPolicy, tried: ReadonlySet<Address>): number {
  if (endpoint.pool.status !== "ready") return -1;
  if (!endpoint.breakerOf(policy).admits) return 0;
  if (endpoint.health === "unhealthy") return 1;
  if (endpoint.outlier.ejected) return 2;
  return tried.has(endpoint.key) ? 3 : 4;
}
