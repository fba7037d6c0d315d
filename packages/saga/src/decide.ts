import type { Saga, Step } from "./define-saga.js";
import type { SagaRecord, Transition } from "./saga-record.js";

/** The step ran, or was compensated. */
export function afterSuccess(saga: Saga<unknown>, record: SagaRecord): Transition {
  const index = indexOf(saga, record.step);
  if (record.direction === "backward") return backward(saga, index - 1);
  const next = saga.steps[index + 1];
  return next
    ? { kind: "step", direction: "forward", step: next.name }
    : { kind: "end", outcome: "completed" };
}

export interface Failure {
  readonly error: unknown;
  readonly nowMs: number;
  /** Jitter in [0, 1). */
  readonly random: number;
}

/**
 * The attempt failed, or its outcome is unknown. Before the pivot the saga turns back once repeating is hopeless, starting with this very step,
 * whose effect may have taken place; in every other case the same is tried again, later and later.
 */
export function afterFailure(saga: Saga<unknown>, record: SagaRecord, failure: Failure): Transition {
  const index = indexOf(saga, record.step);
  const step = saga.steps[index] as Step<unknown, unknown>;
  const hopeless = saga.classify(failure.error) === "fail";
  const reason = describe(failure.error);
  const mayTurnBack = record.direction === "forward" && step.kind !== "forward";
  if (mayTurnBack) {
    const spent = record.attempt >= (step.maxAttempts ?? saga.maxAttempts);
    const late = failure.nowMs - record.createdAt.getTime() >= saga.timeBudgetMs;
    if (hopeless || spent || late) return backward(saga, index, reason);
  }
  const stuck = !mayTurnBack && (hopeless || record.attempt >= saga.stuckAfterAttempts);
  return { kind: "retry", delayMs: backoffMs(saga, record.attempt, failure.random), stuck, reason };
}

/** Compensates the last step from `index` down that has something to undo. */
function backward(saga: Saga<unknown>, index: number, reason?: string): Transition {
  const because = reason === undefined ? {} : { reason };
  const step = saga.steps
    .slice(0, index + 1)
    .findLast((candidate) => "compensate" in candidate && candidate.compensate);
  if (!step) return { kind: "end", outcome: "compensated", ...because };
  return { kind: "step", direction: "backward", step: step.name, ...because };
}

function backoffMs({ backoff }: Saga<unknown>, attempt: number, random: number): number {
  // 2 ** 30 keeps the product finite for a saga that has been retried for years.
  const ceilingMs = Math.min(backoff.maxMs, backoff.baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.floor(random * ceilingMs);
}

function indexOf(saga: Saga<unknown>, name: string): number {
  const index = saga.steps.findIndex((step) => step.name === name);
  if (index < 0) throw new Error(`Saga "${saga.name}" has no step "${name}" in this build`);
  return index;
}

const maxReasonLength = 2_000;

function describe(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.slice(0, maxReasonLength);
}
