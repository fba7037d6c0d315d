import { Criticality } from "@charter/contract/charter/v1/options_pb.js";
import {
  Health,
  HealthCheckResponse_ServingStatus as Status,
} from "@charter/contract/grpc/health/v1/health_pb.js";
import type { InfrastructureService } from "../endpoints.js";
import { notFound } from "../errors/chassis-error.js";
import { type Implementation, implement } from "../implement.js";
import type { Lifecycle } from "../lifecycle.js";

/** A watch lives as long as the watcher; it opens a new one after this. */
const WATCH_AGE_S = 86_400;

/**
 * grpc.health.v1 for the server as a whole ("") and for each of its services by name: SERVING, and NOT_SERVING from the moment
 * the server drains. A watch ends after it has said so.
 */
export function healthService(names: readonly string[], lifecycle: Lifecycle): InfrastructureService {
  return {
    implementation: implementHealth(new Set(["", ...names]), lifecycle),
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

function implementHealth(names: ReadonlySet<string>, lifecycle: Lifecycle): Implementation {
  const status = () => (lifecycle.draining ? Status.NOT_SERVING : Status.SERVING);
  return implement(Health, {
    check: async ({ service }) => {
      if (!names.has(service)) throw notFound("This server has no such service.");
      return { status: status() };
    },
    list: async () => ({
      statuses: Object.fromEntries([...names].map((name) => [name, { status: status() }])),
    }),
    async *watch({ service }, { signal }) {
      yield { status: names.has(service) ? status() : Status.SERVICE_UNKNOWN };
      if (!lifecycle.draining) await drainStart(lifecycle, signal);
      if (names.has(service)) yield { status: Status.NOT_SERVING };
    },
  });
}

function drainStart(lifecycle: Lifecycle, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
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
