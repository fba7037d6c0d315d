/** The W3C trace context that came with a call, as it stands in the headers. */
export interface TraceHeader {
  readonly traceparent?: string | null | undefined;
  readonly tracestate?: string | null | undefined;
}

const FLAGS_END = 54;
const MAX_TRACESTATE = 512;
const ODD_HEX_DIGITS = "13579bdf";

/**
 * Whether the caller records the trace, from the one digit that says so; undefined when it says nothing. A header that is malformed
 * elsewhere is found out by whoever goes on to read it.
 */
export function sampledByCaller(traceparent: string | null | undefined): boolean | undefined {
  if (!traceparent || traceparent.length <= FLAGS_END) return undefined;
  return ODD_HEX_DIGITS.includes(traceparent.charAt(FLAGS_END));
}

/** A `tracestate` that may be passed on: printable and no longer than every participant must carry (W3C Trace Context, 3.3.1.5). */
export function soundTracestate(tracestate: string | null | undefined): string | undefined {
  if (!tracestate || tracestate.length > MAX_TRACESTATE) return undefined;
  return /^[\x20-\x7e]+$/.test(tracestate) ? tracestate : undefined;
}
