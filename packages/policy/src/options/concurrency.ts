import type { Compilation } from "../compilation.js";
import type { ConcurrencyPolicy } from "../method-policy.js";

const DEFAULT_IN_FLIGHT = 256;
const DEFAULT_QUEUE = 64;
const DEFAULT_QUEUE_TIME_MS = 100;

export function compileConcurrency(work: Compilation): ConcurrencyPolicy {
  const maxInFlight = work.pick(
    "concurrency.maxInFlight",
    (it) => it.concurrency?.maxInFlight,
    DEFAULT_IN_FLIGHT,
  );
  work.require(maxInFlight >= 1, "concurrency.max_in_flight", "must be at least 1");
  return {
    maxInFlight,
    adaptive: work.pick("concurrency.adaptive", (it) => it.concurrency?.adaptive, true),
    maxQueue: work.pick("concurrency.maxQueue", (it) => it.concurrency?.maxQueue, DEFAULT_QUEUE),
    maxQueueTimeMs: work.pick(
      "concurrency.maxQueueTimeMs",
      (it) => it.concurrency?.maxQueueTimeMs,
      DEFAULT_QUEUE_TIME_MS,
    ),
  };
}
