/** How failed logins slow further ones down. */
export interface ThrottleLimits {
  /** Failures that cost no wait. */
  readonly freeFailures: number;
  /** The wait after the first failure beyond the free ones; it doubles with each further one. */
  readonly firstDelayMs: number;
  /** No wait is longer. */
  readonly maxDelayMs: number;
  /** A failure counts no more this long after the last one. Longer than `maxDelayMs`. */
  readonly forgetAfterMs: number;
}

/** What is remembered of the failures for one e-mail address or one network address. */
export interface Throttle {
  readonly failures: number;
  readonly lastFailureMs: number;
  readonly blockedUntilMs: number;
}

/**
 * Five tries for who mistypes, then a wait that makes guessing hopeless: 15 minutes after 15 failures, so under 100
 * guesses a day. A stranger can make an owner wait with it, but never longer than that.
 */
export const accountLimits: ThrottleLimits = {
  freeFailures: 5,
  firstDelayMs: 1_000,
  maxDelayMs: 15 * 60_000,
  forgetAfterMs: 24 * 3_600_000,
};

/**
 * Wider, for a school or an office may stand behind one address; it slows down who tries one password on many
 * accounts.
 */
export const addressLimits: ThrottleLimits = {
  freeFailures: 100,
  firstDelayMs: 1_000,
  maxDelayMs: 15 * 60_000,
  forgetAfterMs: 3_600_000,
};

/** Milliseconds until the next attempt may be looked at; 0 when it may now. */
export function throttleWaitMs(throttle: Throttle | undefined, nowMs: number): number {
  return Math.max(0, (throttle?.blockedUntilMs ?? 0) - nowMs);
}

/** What is remembered after one more failure. */
export function afterFailure(
  throttle: Throttle | undefined,
  limits: ThrottleLimits,
  nowMs: number,
): Throttle {
  const remembered =
    throttle && nowMs - throttle.lastFailureMs <= limits.forgetAfterMs ? throttle.failures : 0;
  const failures = remembered + 1;
  return { failures, lastFailureMs: nowMs, blockedUntilMs: nowMs + delayMs(failures, limits) };
}

function delayMs(failures: number, limits: ThrottleLimits): number {
  const doublings = failures - limits.freeFailures;
  if (doublings < 0) return 0;
  return Math.min(limits.maxDelayMs, limits.firstDelayMs * 2 ** doublings);
}
