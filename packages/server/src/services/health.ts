import { Criticality } from "@charter/contract/charter/v1/options_pb.js";
import {
  Health,
  HealthCheckResponse_ServingStatus as Status,
} from "@charter/contract/grpc/health/v1/health_pb.js";
import { type Clock, sleep } from "@charter/time";
import type { InfrastructureService } from "../endpoints.js";
import { notFound } from "../errors/chassis-error.js";
import { type Implementation, implement } from "../implement.js";
import type { Lifecycle } from "../lifecycle.js";
import type { Readiness } from "../readiness.js";

/** A watch lives as long as the watcher; it opens a new one after this. */
const WATCH_AGE_S = 86_400;
/** How soon a watcher hears that a readiness check has begun to fail, or no longer does. */
const WATCH_POLL_MS = 2_000;

/**
 * grpc.health.v1 for the server as a whole ("") and for each of its services by name: SERVING, and NOT_SERVING from the moment
 * the server drains, and while a readiness check fails. A watch ends when the server drains.
 */
export function healthService(
  names: readonly string[],
  lifecycle: Lifecycle,
  readiness: Readiness,
  clock: Clock,
): InfrastructureService {
  return {
    implementation: implementHealth(new Set(["", ...names]), lifecycle, readiness, clock),
    policy: {
      auth: { kind: { case: "public", value: true } },
      log: { level: 1 },
      // Whoever asks decides whether the process lives; a busy one that does not answer would be restarted.
      criticality: Criticality.CRITICAL,
      stream: { maxIdleMs: WATCH_AGE_S * 1_000, maxAgeS: WATCH_AGE_S },
    },
    servesWhileDraining: true,
  };
}

function implementHealth(
  names: ReadonlySet<string>,
  lifecycle: Lifecycle,
  readiness: Readiness,
  clock: Clock,
): Implementation {
  const status = async () => ((await readiness.isReady()) ? Status.SERVING : Status.NOT_SERVING);
  return implement(Health, {
    check: async ({ service }) => {
      if (!names.has(service)) throw notFound("This server has no such service.");
      return { status: await status() };
    },
    list: async () => {
      const now = await status();
      return { statuses: Object.fromEntries([...names].map((name) => [name, { status: now }])) };
    },
    async *watch({ service }, { signal }) {
      const known = names.has(service);
      let said: Status = known ? await status() : Status.SERVICE_UNKNOWN;
      yield { status: said };
      while (!lifecycle.draining) {
        await change(lifecycle, signal, readiness.hasChecks && known ? clock : undefined);
        const now: Status = known ? await status() : said;
        if (now !== said) yield { status: now };
        said = now;
      }
    },
  });
}

/** Waits until the server drains and, with a clock, no longer than until the checks are worth asking again. */
async function change(lifecycle: Lifecycle, signal: AbortSignal, clock: Clock | undefined): Promise<void> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const waits = [drainStart(lifecycle, until), ...(clock ? [sleep(clock, WATCH_POLL_MS, until)] : [])];
  // The one that is given up rejects, which is the news of nothing.
  const settled = Promise.allSettled(waits);
  try {
    await Promise.race(waits);
  } finally {
    over.abort();
    await settled;
  }
}

function drainStart(lifecycle: Lifecycle, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (lifecycle.draining) return resolve();
    if (signal.aborted) return reject(signal.reason);
    const forget = lifecycle.onDrain(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
    const onAbort = () => {
      forget();
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
