import { Code, ConnectError } from "@connectrpc/connect";
import type { Verdict } from "./breaker.js";

/** Codes that speak against the endpoint. All others are its considered answer. */
const FAILURES: ReadonlySet<Code> = new Set([
  Code.Unavailable,
  Code.DeadlineExceeded,
  Code.Internal,
  Code.Unknown,
]);

/** What the end of a call says of its endpoint. */
export function verdictOf(error: unknown): Verdict {
  if (error === undefined) return "success";
  const code = error instanceof ConnectError ? error.code : Code.Unknown;
  if (code === Code.Canceled) return "nothing";
  return FAILURES.has(code) ? "failure" : "success";
}
