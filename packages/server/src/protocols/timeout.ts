import type { ConnectError } from "@connectrpc/connect";
import { malformed } from "./request-errors.js";

type Parse = (
  value: string | null,
  maxTimeoutMs: number,
) => { timeoutMs?: number; error?: ConnectError | undefined };

/** Reads a protocol's timeout header. The parser is given no maximum: a long timeout is clamped later, not refused. */
export function timeoutFrom(parse: Parse, value: string | null): number | undefined {
  const { timeoutMs, error } = parse(value, Number.MAX_SAFE_INTEGER);
  if (error) throw malformed("the timeout header is not in the protocol's form");
  return timeoutMs;
}
