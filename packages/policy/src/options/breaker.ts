import type { Compilation } from "../compilation.js";
import type { BreakerPolicy } from "../method-policy.js";

const DEFAULT_RATIO = 0.5;
const DEFAULT_MIN_CALLS = 20;
const DEFAULT_WINDOW_MS = 10_000;
const DEFAULT_OPEN_MS = 5_000;

export function compileBreaker(work: Compilation): BreakerPolicy {
  const policy = {
    failureRatio: work.pick("breaker.failureRatio", (it) => it.breaker?.failureRatio, DEFAULT_RATIO),
    minCalls: work.pick("breaker.minCalls", (it) => it.breaker?.minCalls, DEFAULT_MIN_CALLS),
    windowMs: work.pick("breaker.windowMs", (it) => it.breaker?.windowMs, DEFAULT_WINDOW_MS),
    openForMs: work.pick("breaker.openForMs", (it) => it.breaker?.openForMs, DEFAULT_OPEN_MS),
  };
  work.require(
    policy.failureRatio > 0 && policy.failureRatio <= 1,
    "breaker.failure_ratio",
    "must be above 0 and at most 1",
  );
  work.require(policy.minCalls >= 1, "breaker.min_calls", "must be at least 1");
  work.require(policy.windowMs >= 1, "breaker.window_ms", "must be at least 1");
  work.require(policy.openForMs >= 1, "breaker.open_for_ms", "must be at least 1");
  return policy;
}
