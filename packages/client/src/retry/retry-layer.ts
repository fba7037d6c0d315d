import type { MethodPolicy } from "@charter/policy";
import { type Clock, sleep } from "@charter/time";
import { ConnectError } from "@connectrpc/connect";
import type { Callee } from "../callee/callee.js";
import { explainFailure } from "../explain-failure.js";
import { isLocalError } from "../local-error.js";
import { certainlyNotSent } from "../outcome.js";
import type { Answer, Layer, OutgoingCall, Send } from "../outgoing-call.js";
import { type FailedAttempt, planRetry, type RetryPlan } from "./plan-retry.js";
import { pushbackOf } from "./pushback.js";

export interface RetryContext {
  readonly policy: MethodPolicy;
  readonly callee: Callee;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Repeats a failed call where that is safe, within the budget of the callee and the deadline of the call. */
export function retryLayer(context: RetryContext): Layer {
  return (next) => (call) => {
    context.callee.retryBudget.earn();
    return attempts(call, next, context);
  };
}

async function attempts(call: OutgoingCall, next: Send, context: RetryContext): Promise<Answer> {
  let gravest: ConnectError | undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await next(call);
    } catch (thrown) {
      const error = ConnectError.from(thrown);
      gravest = graver(gravest, error);
      const plan = planRetry(failedAttempt(error, attempt, call, context), context.random);
      if (!plan || !pay(plan, context)) throw gravest;
      await pause(plan.delayMs, call, context);
      context.callee.counters.retries += 1;
    }
  }
}

/** "Never sent" is true of the call only if it is true of all its attempts. */
function graver(before: ConnectError | undefined, now: ConnectError): ConnectError {
  return before && !certainlyNotSent(before) && certainlyNotSent(now) ? before : now;
}

function failedAttempt(
  error: ConnectError,
  attempt: number,
  { request, progress, deadline }: OutgoingCall,
  { policy, callee }: RetryContext,
): FailedAttempt {
  const keyField = policy.idempotency?.keyField;
  return {
    code: error.code,
    attempt,
    unseen: certainlyNotSent(error),
    hopeless: isLocalError(error),
    pushback: pushbackOf(error),
    elsewhere: callee.endpoints.some(({ key, pool }) => pool.status !== "down" && !progress.tried.has(key)),
    answered: error.isWireError,
    replayable: request.replayable,
    safe: policy.effects !== "effects" || (keyField !== undefined && request.field(keyField) !== ""),
    policy: policy.retry,
    remainingMs: deadline?.remainingMs() ?? Number.POSITIVE_INFINITY,
  };
}

function pay({ budgeted }: RetryPlan, { callee }: RetryContext): boolean {
  if (!budgeted || callee.retryBudget.spend()) return true;
  callee.counters.retriesDenied += 1;
  return false;
}

async function pause(
  delayMs: number,
  call: OutgoingCall,
  { clock, callee, policy }: RetryContext,
): Promise<void> {
  if (delayMs === 0) return;
  try {
    await sleep(clock, delayMs, call.signal);
  } catch (reason) {
    throw explainFailure(reason, { callee, policy, signal: call.signal, timeoutMs: call.timeoutMs });
  }
}
