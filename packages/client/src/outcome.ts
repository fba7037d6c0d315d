import { ChassisError, ChassisErrorSchema } from "@charter/contract/charter/v1/errors_pb.js";
import { Code, ConnectError } from "@connectrpc/connect";
import { connectFailure } from "./connect-failure.js";
import { errorReason, isContractError, retryAfterMs } from "./error-reason.js";
import { isMarkedNotSent } from "./not-sent.js";

/**
 * What is known of the effect of a call that failed.
 *
 * - "refused": the callee answered a definite no. There is no effect, and the same request will not fare better.
 * - "not_sent": the request certainly never reached the method. There is no effect, and it may be sent again, even one without an
 *   idempotency key: nothing listened, or the callee was shutting down, had too much to do, or did not accept the caller's token.
 * - "unknown": the effect may have happened. Ask, or repeat under the same idempotency key.
 */
export type Outcome = "refused" | "unknown" | "not_sent";

/** Codes by which a callee says no for good. */
const REFUSALS: ReadonlySet<Code> = new Set([
  Code.InvalidArgument,
  Code.NotFound,
  Code.AlreadyExists,
  Code.PermissionDenied,
  Code.FailedPrecondition,
  Code.OutOfRange,
  Code.Unimplemented,
  Code.Unauthenticated,
]);

/** Codes that are a refusal only where the service declared the error; else they speak of load, a cap or a lost race. */
const REFUSALS_WITH_REASON: ReadonlySet<Code> = new Set([Code.Aborted, Code.ResourceExhausted]);

/** Said before the method runs, about the callee's state or the caller's identity and not about the request. */
const REFUSED_AT_THE_DOOR = [
  ChassisError.DRAINING,
  ChassisError.OVERLOADED,
  ChassisError.RATE_LIMITED,
  ChassisError.TOKEN_MISSING,
  ChassisError.TOKEN_INVALID,
];

/** What is known of the effect of a call that failed with `error`. Of this one attempt: an earlier one may have had an effect. */
export function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof ConnectError)) return connectFailure(error) ? "not_sent" : "unknown";
  if (isMarkedNotSent(error) || neverReachedMethod(error)) return "not_sent";
  // Only the callee's word counts: the transport uses the same codes for faults of its own.
  if (!error.isWireError || retryAfterMs(error) !== undefined) return "unknown";
  if (REFUSALS.has(error.code)) return "refused";
  return REFUSALS_WITH_REASON.has(error.code) && isDeclaredRefusal(error) ? "refused" : "unknown";
}

/** Whether a call that failed with `error` certainly had no effect because it never reached the method. */
export function certainlyNotSent(error: unknown): boolean {
  return outcomeOf(error) === "not_sent";
}

function neverReachedMethod(error: ConnectError): boolean {
  if (connectFailure(error)) return true;
  return (
    error.isWireError &&
    REFUSED_AT_THE_DOOR.some((value) => isContractError(error, ChassisErrorSchema, value))
  );
}

function isDeclaredRefusal(error: ConnectError): boolean {
  const reason = errorReason(error);
  if (!reason) return false;
  // Of the chassis' own caps only this one acts before the method runs.
  if (reason.domain === "charter.v1") return reason.reason === "REQUEST_TOO_LARGE";
  return true;
}
