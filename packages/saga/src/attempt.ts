import { type Executor, inTransaction, type Transactional } from "@charter/postgres";
import type { Clock } from "@charter/time";
import type { Transaction } from "kysely";
import type { StepAround, StepRun } from "./around.js";
import type { Step, StepContext } from "./define-saga.js";
import { StepTimeoutError } from "./errors.js";
import type { SagaRecord } from "./saga-record.js";
import { keepState, lock, storeState } from "./saga-store.js";

export interface AttemptDeps {
  readonly db: Executor & Transactional<unknown>;
  readonly clock: Clock;
  readonly leaseUntil: () => Date;
  readonly around: StepAround;
  /** Ends the attempt from outside. */
  readonly signal: AbortSignal;
  /** Lets the saga go on to what follows the step, in the transaction that ends it; its row is held from then on. */
  readonly moveOn: (tx: Transaction<unknown>) => Promise<void>;
}

export type AttemptResult =
  | { readonly ok: true; readonly state: unknown }
  | { readonly ok: false; readonly error: unknown };

const defaultTimeoutMs = 30_000;
const ATTEMPT_OVER = new Error("The attempt at this step is over");

/** Runs a step, or its compensation, once. Never rejects; one that does not heed its signal is left behind, and its writes are refused. */
export async function attempt(
  step: Step<unknown, unknown>,
  record: SagaRecord,
  deps: AttemptDeps,
): Promise<AttemptResult> {
  const timeoutMs = step.timeoutMs ?? defaultTimeoutMs;
  const timeout = new AbortController();
  const timer = deps.clock.setTimer(
    () => timeout.abort(new StepTimeoutError(step.name, timeoutMs)),
    timeoutMs,
  );
  const signal = AbortSignal.any([deps.signal, timeout.signal]);
  const context = contextOf(step, record, signal, deps);
  try {
    await untilAborted(signal, () => deps.around(runOf(record), () => work(step, record.direction, context)));
    return { ok: true, state: context.state };
  } catch (error) {
    return { ok: false, error };
  } finally {
    timer.clear();
    // A step that still runs gets nothing more written.
    timeout.abort(ATTEMPT_OVER);
  }
}

function runOf({ id, name, step, direction, attempt: count, trace }: SagaRecord): StepRun {
  return { saga: name, sagaId: id, step, direction, attempt: count, trace: trace ?? undefined };
}

async function work(
  step: Step<unknown, unknown>,
  direction: SagaRecord["direction"],
  context: StepContext<unknown, unknown>,
): Promise<void> {
  if (direction === "forward") await step.run?.(context);
  else if (step.kind === "compensable") await step.compensate?.(context);
}

function contextOf(
  step: Step<unknown, unknown>,
  record: SagaRecord,
  signal: AbortSignal,
  { db, leaseUntil, moveOn }: AttemptDeps,
): StepContext<unknown, unknown> {
  const state = structuredClone(record.state);
  const pivot = step.kind === "pivot" && record.direction === "forward";
  const inTurn = <T>(body: (tx: Transaction<unknown>) => Promise<T>) => {
    const before = structuredClone(state);
    return inTransaction(db, async (tx) => {
      // The body may run again after a deadlock, and must not find what its first run has changed.
      restore(state, before);
      return body(tx);
    });
  };
  return {
    sagaId: record.id,
    state,
    key: `${record.id}:${step.name}`,
    attempt: record.attempt,
    signal,
    transaction: (body) =>
      inTurn(async (tx) => {
        await lock(tx, record);
        signal.throwIfAborted();
        const result = await body(tx);
        signal.throwIfAborted();
        await keepState(tx, record, { state, pivot, leaseUntil: leaseUntil() });
        return result;
      }),
    complete: (body) =>
      inTurn(async (tx) => {
        signal.throwIfAborted();
        // First, for it holds the row and finds out whether the saga was taken over.
        await moveOn(tx);
        const before = JSON.stringify(state);
        const result = await body(tx);
        signal.throwIfAborted();
        if (JSON.stringify(state) !== before || before !== JSON.stringify(record.state))
          await storeState(tx, record, state);
        return result;
      }),
  };
}

function restore(state: unknown, before: unknown): void {
  if (typeof state !== "object" || state === null) return;
  for (const key of Object.keys(state)) Reflect.deleteProperty(state, key);
  Object.assign(state, structuredClone(before));
}

function untilAborted(signal: AbortSignal, body: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    // Settling twice is harmless, so what a step does after it was left behind goes nowhere.
    body()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", onAbort));
  });
}
