/** When an endpoint that fails more than its siblings is left out, and for how long. Times in milliseconds. */
export interface OutlierPolicy {
  /** Time between two looks at the endpoints. */
  readonly intervalMs: number;
  /** How long the first ejection lasts; each further one in a row lasts as much longer. */
  readonly baseEjectionMs: number;
  /** The longest ejection. */
  readonly maxEjectionMs: number;
  /** No endpoint is ejected while this share, 0 to 1, already is. One may always be. */
  readonly maxEjectedShare: number;
  readonly successRate: {
    /** Standard deviations below the mean at which an endpoint is ejected. */
    readonly deviations: number;
    readonly minEndpoints: number;
    readonly minCalls: number;
  };
  readonly failureShare: {
    /** The share of failures, 0 to 1, above which an endpoint is ejected. */
    readonly threshold: number;
    readonly minEndpoints: number;
    readonly minCalls: number;
  };
}

/**
 * The defaults of gRFC A50 (https://github.com/grpc/proposal/blob/master/A50-xds-outlier-detection.md), except `minEndpoints` of
 * the failure share: 2 instead of 5, because a service with three instances needs it most and `maxEjectedShare` holds anyway.
 */
export const OUTLIER_DEFAULTS: OutlierPolicy = {
  intervalMs: 10_000,
  baseEjectionMs: 30_000,
  maxEjectionMs: 300_000,
  maxEjectedShare: 0.1,
  successRate: { deviations: 1.9, minEndpoints: 5, minCalls: 100 },
  failureShare: { threshold: 0.85, minEndpoints: 2, minCalls: 50 },
};
