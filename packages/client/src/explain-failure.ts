import type { MethodPolicy } from "@charter/policy";
import type { Deadline } from "@charter/time";
import { Code, ConnectError } from "@connectrpc/connect";
import { connectFailure } from "./connect-failure.js";
import { markNotSent } from "./not-sent.js";
import type { AttemptTrace } from "./pool/connection.js";

/** As far as two ends' clocks may be apart at the end of a deadline: it travels in whole milliseconds, and timers are coarse. */
const SAME_DEADLINE_MS = 20;

/** The call that failed. */
export interface FailedCall {
  readonly callee: { readonly name: string; readonly closed: boolean };
  readonly policy: MethodPolicy;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  readonly deadline?: Deadline | undefined;
  /** What the connection knows of it; absent where none was chosen. */
  readonly trace?: AttemptTrace;
}

/**
 * The error that the application sees: what the callee answered stays as it is, and what failed on this side gets a code that
 * is true, the name of the callee and the original as its cause.
 */
export function explainFailure(thrown: unknown, call: FailedCall): ConnectError {
  const error = ConnectError.from(thrown);
  if (error.isWireError) return error;
  const [message, code] = ended(error, call) ?? broken(error, thrown, call);
  const explained = new ConnectError(message, code, undefined, undefined, thrown);
  const { trace } = call;
  const unseen = connectFailure(thrown) !== undefined || (trace && (!trace.opened || trace.refused()));
  return unseen ? markNotSent(explained) : explained;
}

/** Where this side ended the call. */
function ended(
  error: ConnectError,
  { callee, policy, signal, timeoutMs, deadline }: FailedCall,
): [string, Code] | undefined {
  if (callee.closed) return ["the channel was closed", Code.Canceled];
  // The callee keeps the same deadline, and may be the first to end the stream for it.
  const endedByCallee = error.code === Code.Canceled && !signal?.aborted;
  const isLate = endedByCallee && deadline !== undefined && deadline.remainingMs() <= SAME_DEADLINE_MS;
  if (isLate || error.code === Code.DeadlineExceeded || isTimeout(signal?.reason)) {
    const within = timeoutMs === undefined ? "in time" : `in ${timeoutMs} ms`;
    return [`${callee.name} gave no answer to ${policy.procedure} ${within}`, Code.DeadlineExceeded];
  }
  return signal?.aborted ? [`the call of ${policy.procedure} was cancelled`, Code.Canceled] : undefined;
}

/** Where the connection did, or never came about. */
function broken(error: ConnectError, thrown: unknown, { callee, policy, trace }: FailedCall): [string, Code] {
  const refused = connectFailure(thrown);
  if (refused) return [`${callee.name} cannot be reached (${refused})`, Code.Unavailable];
  if (trace?.refused()) return [`${callee.name} took no more calls on this connection`, Code.Unavailable];
  // Of a connection that was reset the transport says ABORTED, or CANCELLED although nobody on this side has cancelled.
  if (error.code === Code.Aborted || error.code === Code.Canceled)
    return [`the connection to ${callee.name} broke`, Code.Unavailable];
  return [`the call of ${policy.procedure} failed: ${error.rawMessage}`, codeOfBroken(error.code)];
}

/** Connect blames the argument where an answer breaks off, or cannot be decompressed; the fault is not the caller's. */
function codeOfBroken(code: Code): Code {
  return code === Code.InvalidArgument ? Code.Internal : code;
}

/** Whether a signal was aborted by the clock, which ConnectError takes for a cancellation. */
function isTimeout(reason: unknown): boolean {
  if (reason instanceof ConnectError) return reason.code === Code.DeadlineExceeded;
  return reason instanceof Error && reason.name === "TimeoutError";
}
