import { collectProcessMetrics, MetricRegistry, PROMETHEUS_TEXT, type Tracer } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import type { Admission } from "./admission/admission.js";
import { admissionSamples } from "./admission/admission-samples.js";
import type { Document } from "./http/documents.js";
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

/** Puts a server's own series and its process' into a registry. Gives back the document that shows it, and what ends it. */
export function observe(
  { metrics: registry = new MetricRegistry(), tracer }: ObservabilityOptions,
  endpoints: ReadonlyMap<string, Endpoint>,
  admission: Admission,
  clock: Clock,
): { readonly document: Document; stop(): void } {
  const forgetters = [
    collectProcessMetrics(registry, clock),
    registry.collector(() => [...endpoints.values()].flatMap(({ metrics }) => [...metrics.samples()])),
    registry.collector(() => admissionSamples(admission.snapshot())),
  ];
  if (tracer) forgetters.push(registry.collector(() => tracer.samples()));
  return {
    document: async () => new TextDocument(PROMETHEUS_TEXT, registry.render()),
    stop() {
      for (const forget of forgetters) forget();
    },
  };
}
