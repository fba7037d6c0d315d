import type { BreakerState } from "./breaker/breaker.js";
import type { Callee } from "./callee/callee.js";
import type { Counters } from "./callee/counters.js";
import type { Endpoint } from "./callee/endpoint.js";
import type { HealthState } from "./health/health-watch.js";
import type { PoolStatus } from "./pool/endpoint-pool.js";

/** One endpoint at a moment. */
export interface EndpointSnapshot {
  readonly address: string;
  readonly connection: PoolStatus;
  readonly connections: number;
  readonly streams: number;
  readonly health: HealthState;
  readonly ejected: boolean;
  readonly inFlight: number;
  /** Peak-sensitive moving average. */
  readonly latencyMs: number;
  /** By procedure; methods that were called only. */
  readonly breakers: Readonly<Record<string, BreakerState>>;
}

/** One callee at a moment. */
export interface CalleeSnapshot {
  readonly name: string;
  readonly endpoints: readonly EndpointSnapshot[];
  /** Retries and hedges that could be paid for now. */
  readonly budgets: { readonly retries: number; readonly hedges: number };
  /** The share of calls that is refused on this side, 0 to 1, by criticality. */
  readonly throttling: Readonly<Record<string, number>>;
  readonly counters: Readonly<Counters>;
}

/** A channel at a moment, for metrics. */
export interface ChannelSnapshot {
  readonly callees: readonly CalleeSnapshot[];
  /** Answers that are kept for stale fallbacks. */
  readonly staleAnswers: number;
}

/** Reads a callee's state; a copy that stays as it is. */
export function snapshotOf({
  name,
  endpoints,
  retryBudget,
  hedgeBudget,
  throttles,
  counters,
}: Callee): CalleeSnapshot {
  return {
    name,
    endpoints: endpoints.map(endpointSnapshot),
    budgets: { retries: retryBudget.available, hedges: hedgeBudget.available },
    throttling: Object.fromEntries(Object.entries(throttles).map(([kind, it]) => [kind, it.rejection])),
    counters: { ...counters },
  };
}

function endpointSnapshot(endpoint: Endpoint): EndpointSnapshot {
  const { key, pool, health, outlier, inFlight, latencyMs, breakers } = endpoint;
  return {
    address: key,
    connection: pool.status,
    connections: pool.connections,
    streams: pool.streams,
    health,
    ejected: outlier.ejected,
    inFlight,
    latencyMs,
    breakers: Object.fromEntries([...breakers].map(([procedure, { state }]) => [procedure, state])),
  };
}
