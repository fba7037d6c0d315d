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
  const ready = endpoints.filter(({ pool }) => pool.status === "ready");
  const admitting = ready.filter((it) => it.breakerOf(policy).admits);
  const healthy = admitting.filter(({ health }) => health !== "unhealthy");
  const good = healthy.filter(({ outlier }) => !outlier.ejected);
  const fresh = good.filter(({ key }) => !tried.has(key));
  return [fresh, good, healthy, admitting, ready].find(({ length }) => length > 0) ?? [];
}
