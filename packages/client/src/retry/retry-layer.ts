import { ChassisError, ChassisErrorSchema } from "@charter/contract/charter/v1/errors_pb.js";
import type { MethodPolicy } from "@charter/policy";
import { type Clock, sleep } from "@charter/time";
import { ConnectError, type StreamResponse } from "@connectrpc/connect";
import type { Callee } from "../callee/callee.js";
import { isContractError } from "../error-reason.js";
import { explainFailure } from "../explain-failure.js";
import { isLocalError } from "../local-error.js";
import { certainlyNotSent } from "../outcome.js";
import type { Answer, Layer, OutgoingCall, Send } from "../outgoing-call.js";
import { type FailedAttempt, planRetry, type RetryPlan } from "./plan-retry.js";
import { pushbackOf } from "./pushback.js";
import { resumable } from "./resumable.js";

export interface RetryContext {
  readonly policy: MethodPolicy;
  readonly callee: Callee;
  readonly clock: Clock;
  readonly random: () => number;
}

/**
 * Repeats a failed call where that is safe, within the budget of the callee and the deadline of the call. A stream is repeated only until
 * its first answer, and only when no server saw it.
 */
export function retryLayer(context: RetryContext): Layer {
  const isUnary = context.policy.kind === "unary";
  return (next) => (call) => {
    context.callee.retryBudget.earn();
    const attempts = new Attempts(call, next, context);
    const answer = attempts.run();
    return isUnary
      ? answer
      : answer.then((first) => resumable(first as StreamResponse, call.request, attempts));
  };
}

/** The attempts of one call. */
class Attempts {
  readonly #call: OutgoingCall;
  readonly #next: Send;
  readonly #context: RetryContext;
  #attempt = 1;
  #gravest: ConnectError | undefined;

  constructor(call: OutgoingCall, next: Send, context: RetryContext) {
    this.#call = call;
    this.#next = next;
    this.#context = context;
  }

  async run(): Promise<Answer> {
    for (;;) {
      try {
        return await this.#next(this.#call);
      } catch (thrown) {
        await this.failed(thrown);
      }
    }
  }

  /** Resolves when it is time for another attempt; rejects with what the call fails with where there is none. */
  async failed(thrown: unknown): Promise<void> {
    const error = ConnectError.from(thrown);
    const { callee, random } = this.#context;
    this.#gravest = graver(this.#gravest, error);
    const plan = planRetry(failedAttempt(error, this.#attempt, this.#call, this.#context), random);
    if (!plan || !pay(plan, callee)) throw this.#gravest;
    await pause(plan.delayMs, this.#call, this.#context);
    this.#attempt += 1;
    callee.counters.retries += 1;
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
    overloaded: isContractError(error, ChassisErrorSchema, ChassisError.OVERLOADED),
    hopeless: isLocalError(error),
    pushback: pushbackOf(error),
    elsewhere: callee.endpoints.some(({ key, pool }) => pool.status !== "down" && !progress.tried.has(key)),
    answered: error.isWireError,
    replayable: request.replayable,
    safe: policy.effects !== "effects" || (keyField !== undefined && request.field(keyField) !== ""),
    policy: policy.kind === "unary" ? policy.retry : undefined,
    remainingMs: deadline?.remainingMs() ?? Number.POSITIVE_INFINITY,
  };
}

function pay({ budgeted }: RetryPlan, { retryBudget, counters }: Callee): boolean {
  if (!budgeted || retryBudget.spend()) return true;
  counters.retriesDenied += 1;
  return false;
}

async function pause(
  delayMs: number,
  { signal, timeoutMs }: OutgoingCall,
  { clock, callee, policy }: RetryContext,
): Promise<void> {
  if (delayMs === 0) return;
  try {
    await sleep(clock, delayMs, signal);
  } catch (reason) {
    throw explainFailure(reason, { callee, policy, signal, timeoutMs });
  }
}
