import { EWMA_DECAY_MS } from "../balancer/peak-ewma.js";
import { OUTLIER_DEFAULTS, type OutlierPolicy } from "../outlier/outlier-policy.js";
import { KEEPALIVE_DEFAULTS, type KeepaliveTiming } from "../pool/keepalive.js";
import { DNS_REFRESH_MS } from "../resolver/dns-resolver.js";

/** What is configuration and no promise of a contract: how the client watches its endpoints. Times in milliseconds. */
export interface Tuning {
  readonly keepalive: KeepaliveTiming;
  readonly outlier: OutlierPolicy;
  /** How fast the balancer forgets latencies. Default 10,000. */
  readonly ewmaDecayMs: number;
  /** Time between two lookups of a `dns:` target. Default 30,000. */
  readonly dnsRefreshMs: number;
  /** Whether endpoints are asked for their health. Default true; one without `grpc.health.v1` counts as healthy. */
  readonly health: boolean;
}

export const TUNING_DEFAULTS: Tuning = {
  keepalive: KEEPALIVE_DEFAULTS,
  outlier: OUTLIER_DEFAULTS,
  ewmaDecayMs: EWMA_DECAY_MS,
  dnsRefreshMs: DNS_REFRESH_MS,
  health: true,
};
