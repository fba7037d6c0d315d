import { type Clock, systemClock } from "@charter/time";
import { type Context, createTraceState, ROOT_CONTEXT, TraceFlags, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { AlwaysOnSampler, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Logger } from "../logger.js";
import type { Sample } from "../metrics/sample.js";
import { parseTraceparent } from "../traceparent.js";
import { otelKinds, RecordedSpan } from "./recorded-span.js";
import type { Span, SpanAttributes, SpanKind } from "./span.js";
import { SpanQueue } from "./span-queue.js";
import { sampledByCaller, soundTracestate, type TraceHeader } from "./trace-header.js";

/** How long one export may take, its retries included. */
const EXPORT_MS = 5_000;
const MAX_ATTRIBUTE_LENGTH = 4_096;

export interface TracerOptions {
  /** Name of the process in the traces, e.g. "buy". */
  readonly service: string;
  /** Where spans are posted in OTLP over HTTP, e.g. "http://127.0.0.1:4318/v1/traces". */
  readonly url: string;
  /** Share of the traces that begin here which are recorded, 0 to 1. Those that a caller began are recorded when the caller does. Default 1. */
  readonly ratio?: number;
  /** Told when the collector cannot be reached, and when it can again. */
  readonly log: Logger;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Draws what is recorded, from 0 up to 1. Default: Math.random. */
  readonly random?: () => number;
  /** Takes the spans instead of `url`. */
  readonly exporter?: SpanExporter;
}

/** Records traces and sends them to a collector. One per process. */
export interface Tracer {
  /** Begins the work for a call that came in; undefined when its trace is not recorded, which is decided before anything is made. */
  begin(name: string, kind: SpanKind, header: TraceHeader, attributes?: SpanAttributes): Span | undefined;
  /** What became of the spans, for a MetricRegistry. */
  samples(): Sample[];
  /** Sends what is left, for five seconds at most. Work that ends later is not recorded. */
  shutdown(): Promise<void>;
}

/** A tracer on OpenTelemetry's SDK and its OTLP/HTTP exporter, which also reads `OTEL_EXPORTER_OTLP_HEADERS` and its like. */
export function createTracer(options: TracerOptions): Tracer {
  const { service, url, ratio = 1, log, clock = systemClock, random = Math.random } = options;
  const exporter = options.exporter ?? new OTLPTraceExporter({ url, timeoutMillis: EXPORT_MS });
  const onOutcome = (err?: Error) =>
    err ? log.warn({ err, url }, "spans cannot be exported") : log.info({ url }, "spans are exported again");
  const queue = new SpanQueue({ exporter, onOutcome, clock });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": service }),
    // What is not recorded never comes here.
    sampler: new AlwaysOnSampler(),
    spanLimits: { attributeValueLengthLimit: MAX_ATTRIBUTE_LENGTH },
    spanProcessors: [queue],
  });
  const tracer = provider.getTracer("charter");
  return {
    begin(name, kind, header, attributes = {}) {
      const sampled = sampledByCaller(header.traceparent);
      if (sampled === false) return undefined;
      const parent = sampled && parentOf(header);
      if (!parent && random() >= ratio) return undefined;
      const context = parent ? parent.context : ROOT_CONTEXT;
      const span = tracer.startSpan(name, { kind: otelKinds[kind], attributes }, context);
      return new RecordedSpan(tracer, span, clock, parent ? parent.tracestate : undefined);
    },
    samples: () => queue.samples(),
    shutdown: () => queue.shutdown(),
  };
}

interface Parent {
  readonly context: Context;
  readonly tracestate: string | undefined;
}

/** The caller's span; undefined when its header is malformed, which counts as none (W3C Trace Context, 4.3). */
function parentOf(header: TraceHeader): Parent | undefined {
  const parent = parseTraceparent(header.traceparent);
  if (!parent) return undefined;
  const tracestate = soundTracestate(header.tracestate);
  const context = trace.setSpanContext(ROOT_CONTEXT, {
    traceId: parent.traceId,
    spanId: parent.spanId,
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
    ...(tracestate && { traceState: createTraceState(tracestate) }),
  });
  return { context, tracestate };
}
