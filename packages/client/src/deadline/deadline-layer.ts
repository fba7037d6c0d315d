import type { MethodPolicy } from "@charter/policy";
import { currentContext } from "@charter/telemetry";
import { type Clock, Deadline } from "@charter/time";
import { Code } from "@connectrpc/connect";
import type { Callee } from "../callee/callee.js";
import { localError } from "../local-error.js";
import type { Gate } from "../outgoing-call.js";
import { refuseWhenOver } from "../refuse-when-over.js";

const UNBOUNDED = Number.POSITIVE_INFINITY;
const MAX_TIMEOUT_MS = 99_999_999;

/**
 * One deadline for all attempts: the earliest of the call's own `timeoutMs` (clamped to the contract's maximum) or else the
 * contract's default, and what remains of the call being served. A call that is over before it begins is refused here.
 */
export function deadlineLayer(
  policy: MethodPolicy,
  callee: Callee,
  clock: Clock,
  defaultDeadlines: boolean,
): Gate {
  return {
    enter(call) {
      const context = currentContext();
      const bound = boundOf(policy, call.timeoutMs, defaultDeadlines);
      const timeoutMs = grantedMs(context?.deadline?.remainingMs(), call.timeoutMs, bound);
      const signal = eitherSignal(call.signal, context?.signal);
      refuseWhenOver({ signal, timeoutMs }, callee, policy);
      // To the transport, no time left would mean no bound.
      if (timeoutMs !== undefined && timeoutMs <= 0)
        throw localError(`no time was left to call ${callee.name}`, Code.DeadlineExceeded);
      const deadline = timeoutMs === undefined ? undefined : Deadline.after(clock, timeoutMs);
      call.signal = signal;
      call.timeoutMs = timeoutMs;
      call.deadline = deadline;
      return undefined;
    },
  };
}

/** What the contract says of a unary call. */
function boundOf({ kind, deadline }: MethodPolicy, own: number | undefined, defaultDeadlines: boolean) {
  if (kind !== "unary") return undefined;
  if (own !== undefined) return deadline.maxMs;
  return defaultDeadlines ? deadline.defaultMs : undefined;
}

/** The smallest of those that bound the call; undefined where none does. */
function grantedMs(
  ambient: number | undefined,
  own: number | undefined,
  contract: number | undefined,
): number | undefined {
  const timeoutMs = Math.min(ambient ?? UNBOUNDED, own ?? UNBOUNDED, contract ?? UNBOUNDED);
  // On the wire a timeout is a whole number of at most eight digits.
  return timeoutMs === UNBOUNDED ? undefined : Math.min(Math.floor(timeoutMs), MAX_TIMEOUT_MS);
}

function eitherSignal(own: AbortSignal | undefined, ambient: AbortSignal | undefined) {
  return own && ambient ? AbortSignal.any([own, ambient]) : (own ?? ambient);
}
