import type { RetryPolicy } from "@charter/policy";

/**
 * The wait before the retry that follows attempt number `attempt` (1 is the first): anything from 0 to an upper bound that grows with each
 * ("full jitter", Brooker, AWS Architecture Blog, 2015).
 */
export function backoffMs(policy: RetryPolicy, attempt: number, random: () => number): number {
  const bound = Math.min(policy.maxBackoffMs, policy.backoffMs * policy.multiplier ** (attempt - 1));
  return random() * bound;
}
