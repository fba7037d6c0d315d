import type { ConnectError } from "@connectrpc/connect";
import { retryAfterMs } from "../error-reason.js";

/** gRFC A6: how long the callee asks to wait in milliseconds; anything but a whole number of at least 0 asks not to retry. */
const PUSHBACK = "grpc-retry-pushback-ms";

/** What the callee says of another attempt: how long to wait for it in milliseconds, "never", or nothing. */
export function pushbackOf(error: ConnectError): number | "never" | undefined {
  const value = error.metadata.get(PUSHBACK);
  if (value === null) return retryAfterMs(error);
  return /^\d{1,9}$/.test(value) ? Number(value) : "never";
}
