import {
  collectProcessMetrics,
  MetricRegistry,
  PROMETHEUS_TEXT,
  type Sample,
  type Tracer,
} from "@charter/telemetry";
import type { Clock } from "@charter/time";
import type { Admission } from "./admission/admission.js";
import { admissionSamples } from "./admission/admission-samples.js";
import type { Document } from "./http/documents.js";
import type { OnePort } from "./http/one-port.js";
import { TextDocument } from "./http/text-document.js";
import type { Endpoint } from "./server-call.js";

/** How a server can be watched. */
export interface ObservabilityOptions {
  /** What /metrics shows beside the server's own series. Default: nothing. */
  readonly metrics?: MetricRegistry;
  /** Records traces of calls. Whoever made it shuts it down. Default: none is recorded. */
  readonly tracer?: Tracer;
  /**
   * Where /metrics, reflection and the details of /readyz are served, with health and /livez beside them, instead of on the service's
   * port. Whoever reaches it needs no token, so it belongs on an address that only operators reach. Default: all on the service's port,
   * for development.
   */
  readonly admin?: { readonly host: string; readonly port: number };
}

/** A server that is watched. */
export interface Observed {
  /** Shows everything that is counted. */
  readonly document: Document;
  /** Counts the connections of a port from now on. `name` tells it from the server's other ports. */
  watch(name: "service" | "admin", port: OnePort): void;
  /** Ends the watch. */
  stop(): void;
}

/** Puts a server's own series and its process' into a registry. */
export function observe(
  { metrics: registry = new MetricRegistry(), tracer }: ObservabilityOptions,
  endpoints: ReadonlyMap<string, Endpoint>,
  admission: Admission,
  clock: Clock,
): Observed {
  const forgetters = [
    collectProcessMetrics(registry, clock),
    registry.collector(() => [...endpoints.values()].flatMap(({ metrics }) => [...metrics.samples()])),
    registry.collector(() => admissionSamples(admission.snapshot())),
  ];
  if (tracer) forgetters.push(registry.collector(() => tracer.samples()));
  return {
    document: async () => new TextDocument(PROMETHEUS_TEXT, registry.render()),
    watch(name, port) {
      forgetters.push(registry.collector(() => [connectionsOf(name, port)]));
    },
    stop() {
      for (const forget of forgetters) forget();
    },
  };
}

function connectionsOf(name: string, { connections }: OnePort): Sample {
  const help = "Connections that are open, by the port they came in on.";
  return { name: "rpc_server_connections", help, kind: "gauge", labels: { port: name }, value: connections };
}
