import type { MethodPolicy } from "@charter/policy";
import { type Clock, Deadline, type Timer } from "@charter/time";
import { ChassisError, chassisError } from "../errors/chassis-error.js";
import type { Layer, Leave, ServerCall } from "../server-call.js";
import { untilAborted } from "./until-aborted.js";
import { withUnary } from "./with-unary.js";

/**
 * Starts the deadline, the earlier of the caller's and the contract's, and races all that follows against it: reading the body,
 * the handler, each message of a stream. When it passes, the signal aborts and the caller has its answer at once.
 */
export function deadline<T>(clock: Clock): Layer<T> {
  const start = (call: ServerCall): Timer => {
    const { ms, error } = allowance(call.policy, call.dialogue.timeoutMs());
    call.deadline = Deadline.after(clock, ms);
    return clock.setTimer(() => call.abort(chassisError(error)), ms);
  };
  // The fast lane itself lets go of a call that is aborted.
  const enter = (call: ServerCall): Leave => {
    const timer = start(call);
    return () => timer.clear();
  };
  const iteration = async function* (call: ServerCall, next: () => AsyncIterable<T>): AsyncIterable<T> {
    const timer = start(call);
    try {
      yield* untilAborted(next, call);
    } finally {
      timer.clear();
    }
  };
  return withUnary(iteration, () => ({ enter }));
}

/** How long a call may take, and as what it ends then. A stream without a timeout lives as long as its contract lets it. */
export function allowance(
  policy: MethodPolicy,
  askedMs: number | undefined,
): { ms: number; error: ChassisError } {
  if (policy.kind === "unary") {
    const ms = Math.min(askedMs ?? policy.deadline.defaultMs, policy.deadline.maxMs);
    return { ms, error: ChassisError.DEADLINE_EXCEEDED };
  }
  const { maxAgeMs } = policy.stream;
  if (askedMs !== undefined && askedMs < maxAgeMs)
    return { ms: askedMs, error: ChassisError.DEADLINE_EXCEEDED };
  return { ms: maxAgeMs, error: ChassisError.STREAM_TOO_OLD };
}
