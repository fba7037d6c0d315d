/** Facts about a piece of work, after OpenTelemetry's semantic conventions. Never a value of a request. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** Which side of a call a span tells of; "internal" is work that is no call. */
export type SpanKind = "server" | "client" | "internal";

/** A piece of work that is being recorded. Where nothing is recorded there is no span at all. */
export interface Span {
  /** This span as the parent of others, in the form of the W3C header. */
  readonly traceparent: string;
  /** What other vendors have said of the trace; goes out beside `traceparent` as it came in. */
  readonly tracestate: string | undefined;
  /** Begins a piece of work within this one. */
  child(name: string, kind: SpanKind, attributes?: SpanAttributes): Span;
  /** Adds a piece of work within this one that has just ended. */
  completed(name: string, kind: SpanKind, work: CompletedWork): void;
  /** Adds to what is known of it. */
  set(attributes: SpanAttributes): void;
  /** The work is over. `errorType` says that and how it failed, by a name out of a small set, e.g. "not_found". */
  end(errorType?: string): void;
}

/** What there is to say of work afterwards. */
export interface CompletedWork {
  readonly durationMs: number;
  readonly attributes?: SpanAttributes;
  /** As for `Span.end`. */
  readonly errorType?: string;
}
