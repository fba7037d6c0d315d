/** How fast old latencies are forgotten: after this long they weigh 1/e. Ten seconds, as in Finagle's peak EWMA balancer. */
export const EWMA_DECAY_MS = 10_000;

/** A latency as it was last seen. */
export interface PeakEwma {
  readonly valueMs: number;
  readonly atMs: number;
}

/** Nothing seen yet. */
export const UNSEEN: PeakEwma = { valueMs: 0, atMs: 0 };

/**
 * The average after another sample. It follows a rise at once and a fall slowly, so that an endpoint that turns slow is avoided
 * after one answer (Finagle's "peak EWMA").
 */
export function observe(state: PeakEwma, sampleMs: number, nowMs: number, decayMs: number): PeakEwma {
  const valueMs = latencyAt(state, nowMs, decayMs);
  if (sampleMs >= valueMs) return { valueMs: sampleMs, atMs: nowMs };
  const kept = Math.exp(-(nowMs - state.atMs) / decayMs);
  return { valueMs: state.valueMs * kept + sampleMs * (1 - kept), atMs: nowMs };
}

/**
 * The average now. It sinks while nothing is seen, and after `decayMs` without any answer it is worth nothing: an endpoint that was
 * slow once is tried again then, at the price of one call, where sinking alone would keep it out for a minute.
 */
export function latencyAt(state: PeakEwma, nowMs: number, decayMs: number): number {
  const sinceMs = nowMs - state.atMs;
  return sinceMs >= decayMs ? 0 : state.valueMs * Math.exp(-sinceMs / decayMs);
}
