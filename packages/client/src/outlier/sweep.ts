import type { OutlierPolicy } from "./outlier-policy.js";

/** What is known of an endpoint when the sweep looks at it. */
export interface Suspect {
  readonly key: string;
  /** Since the last sweep. */
  readonly successes: number;
  readonly failures: number;
  readonly ejectedAtMs: number | undefined;
  /** Ejections in a row; each makes the next last longer, each sweep without one takes one off. */
  readonly ejections: number;
}

/** Whether an endpoint is left out after the sweep. */
export type Sentence = Pick<Suspect, "key" | "ejectedAtMs" | "ejections">;

/**
 * Decides which endpoints are left out from now on: gRFC A50's success rate algorithm, then its failure percentage algorithm (both
 * enforced always), then the end of ejections. Pure.
 */
export function sweep(suspects: readonly Suspect[], nowMs: number, policy: OutlierPolicy): Sentence[] {
  const accused = new Set([...belowMean(suspects, policy), ...aboveThreshold(suspects, policy)]);
  const most = Math.max(1, Math.ceil(policy.maxEjectedShare * suspects.length));
  let room = most - suspects.filter(isEjected).length;
  return suspects.map((suspect) => {
    if (isEjected(suspect)) return isOver(suspect, nowMs, policy) ? release(suspect) : keep(suspect);
    if (!accused.has(suspect.key) || room <= 0) return forgive(suspect);
    room -= 1;
    return { key: suspect.key, ejectedAtMs: nowMs, ejections: suspect.ejections + 1 };
  });
}

function belowMean(suspects: readonly Suspect[], { successRate }: OutlierPolicy): string[] {
  const busy = suspects.filter((it) => callsOf(it) >= successRate.minCalls);
  if (busy.length < Math.max(1, successRate.minEndpoints)) return [];
  const rates = busy.map((it) => it.successes / callsOf(it));
  const mean = average(rates);
  const deviation = Math.sqrt(average(rates.map((rate) => (rate - mean) ** 2)));
  const least = mean - deviation * successRate.deviations;
  return busy.filter((_, i) => (rates[i] ?? 1) < least).map(({ key }) => key);
}

function aboveThreshold(suspects: readonly Suspect[], { failureShare }: OutlierPolicy): string[] {
  const busy = suspects.filter((it) => callsOf(it) >= failureShare.minCalls);
  if (busy.length < failureShare.minEndpoints) return [];
  return busy.filter((it) => it.failures / callsOf(it) > failureShare.threshold).map(({ key }) => key);
}

function isEjected({ ejectedAtMs }: Suspect): boolean {
  return ejectedAtMs !== undefined;
}

function isOver({ ejectedAtMs = 0, ejections }: Suspect, nowMs: number, policy: OutlierPolicy): boolean {
  const lastsMs = Math.min(
    policy.baseEjectionMs * ejections,
    Math.max(policy.baseEjectionMs, policy.maxEjectionMs),
  );
  return nowMs >= ejectedAtMs + lastsMs;
}

const keep = ({ key, ejectedAtMs, ejections }: Suspect): Sentence => ({ key, ejectedAtMs, ejections });
const release = ({ key, ejections }: Suspect): Sentence => ({ key, ejectedAtMs: undefined, ejections });
const forgive = ({ key, ejections }: Suspect): Sentence => ({
  key,
  ejectedAtMs: undefined,
  ejections: Math.max(0, ejections - 1),
});

function callsOf({ successes, failures }: Suspect): number {
  return successes + failures;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
