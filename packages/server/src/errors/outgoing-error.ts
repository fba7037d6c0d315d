import { runInContext } from "@charter/telemetry";
import { Code, ConnectError } from "@connectrpc/connect";
import { redactorOf } from "../redactor-of.js";
import type { ServerCall } from "../server-call.js";
import { ChassisError, chassisError } from "./chassis-error.js";
import { ContractError } from "./contract-error.js";

/** Codes of a failed callee that say something true of this call too. */
const TRANSIENT = [Code.Unavailable, Code.DeadlineExceeded, Code.ResourceExhausted];

/** gRFC A6: what was retried next to the fault is not retried again at every hop above it. */
const NO_RETRY = { "grpc-retry-pushback-ms": "-1" };

/**
 * What a thrown value leaves as. Declared errors leave as they are; an aborted call leaves with the reason of its abort; what a
 * callee answered leaves as its code alone where it is transient; all else as INTERNAL with an id that finds it in the log.
 */
export function outgoingError(thrown: unknown, call: ServerCall): ConnectError {
  if (thrown instanceof ContractError) return thrown;
  if (call.signal.aborted && isAbort(thrown)) return reasonOf(call.signal);
  // Where a statement or a call was refused in the last moment, the signal may be about to abort.
  if (isTimeout(thrown) && call.deadline?.expired)
    return chassisError(ChassisError.DEADLINE_EXCEEDED, { cause: thrown });
  if (!(thrown instanceof ConnectError)) return internalError(thrown, call);
  if (!isOfCallee(thrown)) return thrown;
  inContext(call, () => call.log.warn({ err: thrown }, "a callee failed"));
  if (TRANSIENT.includes(thrown.code))
    return new ConnectError("a service needed for this call failed", thrown.code, NO_RETRY);
  return internalError(thrown, call);
}

function isAbort(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    (thrown.name === "AbortError" || isTimeout(thrown) || thrown instanceof ConnectError)
  );
}

function isTimeout(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === "TimeoutError";
}

function reasonOf(signal: AbortSignal): ConnectError {
  const reason: unknown = signal.reason;
  return reason instanceof ConnectError ? reason : chassisError(ChassisError.CALLER_GONE, { cause: reason });
}

/** Whether an error came out of an outgoing call rather than being made for this one; it may name addresses. */
function isOfCallee(error: ConnectError): boolean {
  return error.isWireError || error.cause !== undefined;
}

function internalError(thrown: unknown, call: ServerCall): ConnectError {
  const errorId = call.newId();
  const fields = { err: thrown, errorId, procedure: call.policy.procedure };
  inContext(call, () => call.log.error(fields, "unexpected error"));
  return chassisError(ChassisError.INTERNAL, { metadata: { error_id: errorId }, cause: thrown });
}

/** Messages of foreign errors may quote what the caller has sent. */
function inContext(call: ServerCall, log: () => void): void {
  runInContext({ requestId: call.requestId, redactText: redactorOf(call) }, log);
}
