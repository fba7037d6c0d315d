import { randomBytes } from "node:crypto";

/** The content of a `traceparent` header of version 00 (W3C Trace Context, level 1). */
export interface TraceParent {
  /** 32 lower-case hex digits, never all zero. */
  readonly traceId: string;
  /** 16 lower-case hex digits, never all zero. The span that made the call. */
  readonly spanId: string;
  /** Whether the caller records this trace. */
  readonly sampled: boolean;
}

const PATTERN = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const MAX_LENGTH = 256;
const SAMPLED = 0x01;

/** Reads a `traceparent` header. Anything malformed gives undefined, so that a bad header costs the trace and not the call. */
export function parseTraceparent(header: string | null | undefined): TraceParent | undefined {
  if (!header || header.length > MAX_LENGTH) return undefined;
  const [, version, traceId, spanId, flags, rest] = PATTERN.exec(header.trim()) ?? [];
  if (!version || !traceId || !spanId || !flags || version === "ff") return undefined;
  // A later version may append fields; version 00 has exactly four.
  if (version === "00" && rest !== undefined) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

/** Writes a `traceparent` header of version 00. */
export function formatTraceparent({ traceId, spanId, sampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}

/** A new span in the parent's trace, or the first, unsampled span of a new trace when the parent is absent or malformed. */
export function childTraceparent(parent: string | null | undefined): string {
  const { traceId, sampled } = parseTraceparent(parent) ?? { traceId: randomId(16), sampled: false };
  return formatTraceparent({ traceId, spanId: randomId(8), sampled });
}

function randomId(bytes: number): string {
  const id = randomBytes(bytes);
  // All zero means "no id"; the last bit keeps the one in 2^64 case valid.
  if (id.every((byte) => byte === 0)) id[bytes - 1] = 1;
  return id.toString("hex");
}
