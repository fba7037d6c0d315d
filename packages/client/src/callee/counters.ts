/** What a callee was asked and what became of it, since the channel was made. */
export interface Counters {
  /** Calls by the application. */
  calls: number;
  /** Attempts that went to an endpoint. */
  attempts: number;
  /** Attempts after a failed one, those that were certainly never seen included. */
  retries: number;
  /** Attempts beside a slow one. */
  hedges: number;
  /** Retries that the budget did not allow. */
  retriesDenied: number;
  /** Calls that the throttle refused. */
  throttled: number;
  /** Calls that a breaker refused. */
  broken: number;
  /** Answers in place of an error. */
  fallbacks: number;
  /** Calls that failed in the end. */
  failures: number;
}

export function newCounters(): Counters {
  return {
    calls: 0,
    attempts: 0,
    retries: 0,
    hedges: 0,
    retriesDenied: 0,
    throttled: 0,
    broken: 0,
    fallbacks: 0,
    failures: 0,
  };
}
