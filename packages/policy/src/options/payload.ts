import type { Compilation } from "../compilation.js";
import type { PayloadPolicy } from "../method-policy.js";

const DEFAULT_REQUEST_BYTES = 1_048_576;
const DEFAULT_RESPONSE_BYTES = 4_194_304;
/** Messages are held in memory as a whole; larger things belong in a stream of messages. */
const LARGEST_BYTES = 268_435_456;

export function compilePayload(work: Compilation): PayloadPolicy {
  const maxRequestBytes = work.pick(
    "payload.maxRequestBytes",
    (it) => it.payload?.maxRequestBytes,
    DEFAULT_REQUEST_BYTES,
  );
  const maxResponseBytes = work.pick(
    "payload.maxResponseBytes",
    (it) => it.payload?.maxResponseBytes,
    DEFAULT_RESPONSE_BYTES,
  );
  requireSize(work, "payload.max_request_bytes", maxRequestBytes);
  requireSize(work, "payload.max_response_bytes", maxResponseBytes);
  return { maxRequestBytes, maxResponseBytes };
}

function requireSize(work: Compilation, option: string, bytes: number): void {
  work.require(bytes >= 1 && bytes <= LARGEST_BYTES, option, `must be from 1 to ${LARGEST_BYTES}`);
}
