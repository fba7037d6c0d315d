import type { Clock } from "@charter/time";
import {
  type HrTime,
  SpanKind as OtelKind,
  type Span as OtelSpan,
  type Tracer as OtelTracer,
  ROOT_CONTEXT,
  type SpanOptions,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { formatTraceparent } from "../traceparent.js";
import type { CompletedWork, Span, SpanAttributes, SpanKind } from "./span.js";

/** OpenTelemetry's numbers for the kinds. */
export const otelKinds: Readonly<Record<SpanKind, OtelKind>> = {
  server: OtelKind.SERVER,
  client: OtelKind.CLIENT,
  internal: OtelKind.INTERNAL,
};

/** A span of the OpenTelemetry SDK. */
export class RecordedSpan implements Span {
  readonly tracestate: string | undefined;
  readonly #tracer: OtelTracer;
  readonly #span: OtelSpan;
  readonly #clock: Clock;
  #traceparent: string | undefined;

  constructor(tracer: OtelTracer, span: OtelSpan, clock: Clock, tracestate: string | undefined) {
    this.#tracer = tracer;
    this.#span = span;
    this.#clock = clock;
    this.tracestate = tracestate;
  }

  get traceparent(): string {
    const { traceId, spanId } = this.#span.spanContext();
    this.#traceparent ??= formatTraceparent({ traceId, spanId, sampled: true });
    return this.#traceparent;
  }

  child(name: string, kind: SpanKind, attributes: SpanAttributes = {}): Span {
    const span = this.#start(name, { kind: otelKinds[kind], attributes });
    return new RecordedSpan(this.#tracer, span, this.#clock, this.tracestate);
  }

  completed(name: string, kind: SpanKind, { durationMs, attributes = {}, errorType }: CompletedWork): void {
    const endMs = this.#clock.nowMs();
    const startTime = hrTime(endMs - durationMs);
    const span = this.#start(name, { kind: otelKinds[kind], attributes, startTime });
    fail(span, errorType);
    span.end(hrTime(endMs));
  }

  set(attributes: SpanAttributes): void {
    this.#span.setAttributes(attributes);
  }

  end(errorType?: string): void {
    fail(this.#span, errorType);
    this.#span.end();
  }

  #start(name: string, options: SpanOptions): OtelSpan {
    return this.#tracer.startSpan(name, options, trace.setSpan(ROOT_CONTEXT, this.#span));
  }
}

function fail(span: OtelSpan, errorType: string | undefined): void {
  if (errorType === undefined) return;
  span.setAttribute("error.type", errorType);
  // Without a message: messages may hold values.
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function hrTime(epochMs: number): HrTime {
  const seconds = Math.floor(epochMs / 1_000);
  return [seconds, Math.round((epochMs - seconds * 1_000) * 1_000_000)];
}
