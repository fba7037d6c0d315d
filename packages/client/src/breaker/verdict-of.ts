import { Code, ConnectError } from "@connectrpc/connect";
import { isMarkedNotSent } from "../not-sent.js";
import type { Verdict } from "./breaker.js";

/** Codes that speak against the endpoint. All others are its considered answer. */
const FAILURES: ReadonlySet<Code> = new Set([
  Code.Unavailable,
  Code.DeadlineExceeded,
  Code.Internal,
  Code.Unknown,
]);

/** What the end of a call says of its endpoint. One that was never sent says nothing: connections are the pool's business. */
export function verdictOf(error: unknown): Verdict {
  if (error === undefined) return "success";
  if (error instanceof ConnectError && isMarkedNotSent(error)) return "nothing";
  const code = error instanceof ConnectError ? error.code : Code.Unknown;
  if (code === Code.Canceled) return "nothing";
  return FAILURES.has(code) ? "failure" : "success";
}
