import type { MethodPolicy } from "@charter/policy";
import { type Clock, Deadline } from "@charter/time";
import { DeadlineWatch } from "../deadline-watch.js";
import { ChassisError } from "../errors/chassis-error.js";
import type { LaneStep, Layer, ServerCall } from "../server-call.js";
import { untilAborted } from "./until-aborted.js";
import { withSteps } from "./with-steps.js";

/**
 * Starts the deadline, the earlier of the caller's and the contract's from the moment at which the call came, and races all that follows against it: reading the body,
 * the handler, each message of a stream. When it passes, the signal aborts and the caller has its answer at once.
 */
export function deadline<T>(clock: Clock): Layer<T> {
  const watch = new DeadlineWatch(clock);
  const start = (call: ServerCall): void => {
    const { ms, error } = allowance(call.policy, call.dialogue.timeoutMs());
    call.deadline = Deadline.at(clock, call.startedMs + ms);
    call.watchSeat = watch.add(call, error);
  };
  // The fast lane itself lets go of a call that is aborted.
  const step: LaneStep = { enter: start, leave: (call) => watch.remove(call.watchSeat) };
  const iteration = async function* (call: ServerCall, next: () => AsyncIterable<T>): AsyncIterable<T> {
    start(call);
    try {
      yield* untilAborted(next, call);
    } finally {
      watch.remove(call.watchSeat);
    }
  };
  return withSteps(iteration, () => step);
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
