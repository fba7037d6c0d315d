import type { Compilation } from "../compilation.js";
import type { ObjectivePolicy } from "../method-policy.js";

const DEFAULT_QUANTILE = 0.99;

export function compileObjective(work: Compilation): ObjectivePolicy | undefined {
  const declared = work.find("objective", (it) => it.objective);
  if (!declared) return undefined;
  const quantile = declared.quantile || DEFAULT_QUANTILE;
  requireShare(work, "objective.availability", declared.availability);
  requireShare(work, "objective.quantile", quantile);
  work.require(declared.latencyMs >= 1, "objective.latency_ms", "must be at least 1");
  return { availability: declared.availability, latencyMs: declared.latencyMs, quantile };
}

function requireShare(work: Compilation, option: string, share: number): void {
  work.require(share > 0 && share < 1, option, "must be above 0 and below 1");
}
