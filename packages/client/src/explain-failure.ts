import type { MethodPolicy } from "@charter/policy";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Callee } from "./callee.js";
import { connectFailure } from "./connect-failure.js";
import { markNotSent } from "./not-sent.js";

/** The call that failed. */
export interface FailedCall {
  readonly callee: Callee;
  readonly policy: MethodPolicy;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
}

/**
 * The error that the application sees: what the callee answered stays as it is, and what failed on this side gets a code that
 * is true, the name of the callee and the original as its cause.
 */
export function explainFailure(thrown: unknown, call: FailedCall): ConnectError {
  const { callee, policy, signal, timeoutMs } = call;
  const name = callee.target.audience;
  const error = ConnectError.from(thrown);
  if (error.isWireError) {
    callee.noteReachable(true);
    return error;
  }
  const local = (message: string, code: Code) =>
    new ConnectError(message, code, undefined, undefined, thrown);
  const refused = connectFailure(thrown);
  if (refused) {
    callee.noteReachable(false, thrown);
    return markNotSent(local(`${name} cannot be reached (${refused})`, Code.Unavailable));
  }
  if (callee.closed) return local("the channel was closed", Code.Canceled);
  if (error.code === Code.DeadlineExceeded || isTimeout(signal?.reason)) {
    return local(`${name} gave no answer to ${policy.procedure} in ${timeoutMs} ms`, Code.DeadlineExceeded);
  }
  if (signal?.aborted) return local(`the call of ${policy.procedure} was cancelled`, Code.Canceled);
  // Of a connection that was reset the transport says ABORTED, or CANCELLED although nobody on this side has cancelled.
  if (error.code === Code.Aborted || error.code === Code.Canceled)
    return local(`the connection to ${name} broke`, Code.Unavailable);
  return local(`the call of ${policy.procedure} failed: ${error.rawMessage}`, error.code);
}

/** Whether a signal was aborted by the clock, which ConnectError takes for a cancellation. */
function isTimeout(reason: unknown): boolean {
  if (reason instanceof ConnectError) return reason.code === Code.DeadlineExceeded;
  return reason instanceof Error && reason.name === "TimeoutError";
}
