import type { Compilation } from "../compilation.js";
import type { Effects, HedgePolicy } from "../method-policy.js";

const DEFAULT_ATTEMPTS = 2;
const MOST_ATTEMPTS = 3;

export function compileHedge(work: Compilation, effects: Effects): HedgePolicy | undefined {
  if (!work.find("hedge", (it) => it.hedge)) return undefined;
  const maxAttempts = work.pick("hedge.maxAttempts", (it) => it.hedge?.maxAttempts, DEFAULT_ATTEMPTS);
  if (maxAttempts === 1) return undefined;
  const delayMs = work.pick("hedge.delayMs", (it) => it.hedge?.delayMs, 0);
  work.require(
    maxAttempts >= 1 && maxAttempts <= MOST_ATTEMPTS,
    "hedge.max_attempts",
    `must be 2 or ${MOST_ATTEMPTS}, or 1 to turn it off`,
  );
  work.require(delayMs >= 1, "hedge.delay_ms", "is missing; say how long the first attempt is given alone");
  work.require(
    effects === "none",
    "hedge",
    "is only for NO_SIDE_EFFECTS, for it sends a call twice; turn it off with max_attempts: 1",
  );
  return { delayMs, maxAttempts };
}
