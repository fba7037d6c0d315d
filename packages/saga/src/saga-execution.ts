import type { Executor, Transactional } from "@charter/postgres";
import type { Clock } from "@charter/time";
import type { StepAround } from "./around.js";
import { type AttemptResult, attempt } from "./attempt.js";
import { afterFailure, afterSuccess } from "./decide.js";
import type { Saga, Step } from "./define-saga.js";
import { SagaFencedError } from "./errors.js";
import type { SagaLog } from "./saga-log.js";
import type { SagaRecord, Transition } from "./saga-record.js";
import { type Held, move, readPivoted } from "./saga-store.js";

export interface ExecutionDeps {
  readonly db: Executor & Transactional<unknown>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: SagaLog;
  readonly leaseMs: number;
  readonly around: StepAround;
  /** Whether to give the saga back after the running step. */
  readonly isStopping: () => boolean;
}

interface Moved {
  readonly transition: Transition;
  readonly record: SagaRecord;
  /** Whether the saga was given back. */
  readonly release: boolean;
}

/** One saga in the hands of this worker, from its claim until it ends, waits for another attempt, or is lost. */
export class SagaExecution {
  readonly #saga: Saga<unknown>;
  readonly #deps: ExecutionDeps;
  readonly #abandoned = new AbortController();
  #record: SagaRecord;
  #moving = false;

  constructor(saga: Saga<unknown>, record: SagaRecord, deps: ExecutionDeps) {
    this.#saga = saga;
    this.#record = record;
    this.#deps = deps;
  }

  /** The token that a renewal must name; undefined while a new one is being drawn. */
  get held(): Held | undefined {
    return this.#moving ? undefined : { id: this.#record.id, fence: this.#record.fence };
  }

  /** Aborts the running step and writes nothing more: whoever claims the saga after its lease goes on with it. */
  abandon(reason: Error): void {
    this.#abandoned.abort(reason);
  }

  /** Never rejects. */
  async run(): Promise<void> {
    const { log } = this.#deps;
    try {
      for (let goOn = true; goOn; ) goOn = await this.#advance();
    } catch (error) {
      const fields = { sagaId: this.#record.id, saga: this.#saga.name, step: this.#record.step, err: error };
      if (error instanceof SagaFencedError) log.warn(fields, "saga was taken over by another worker");
      else log.error(fields, "saga could not be written; its lease will run out and it goes on then");
    }
  }

  async #advance(): Promise<boolean> {
    const step = this.#saga.steps.find(({ name }) => name === this.#record.step);
    const attempted = step ? await this.#attempt(step) : undefined;
    if (this.#abandoned.signal.aborted) return false;
    const { transition, record, release } = attempted?.moved ?? (await this.#moveAfter(step, attempted));
    this.#tell(transition);
    this.#record = record;
    this.#moving = false;
    return transition.kind === "step" && !release;
  }

  async #moveAfter(
    step: Step<unknown, unknown> | undefined,
    result: AttemptResult | undefined,
  ): Promise<Moved> {
    const transition = await this.#decide(step, result);
    return this.#move(this.#deps.db, transition, result?.ok ? { state: result.state } : {});
  }

  async #move(
    db: Executor,
    transition: Transition,
    written: { readonly state?: unknown; readonly pivot?: boolean },
  ): Promise<Moved> {
    const { clock, isStopping } = this.#deps;
    const release = isStopping();
    const now = new Date(clock.nowMs());
    const options = { now, leaseUntil: this.#leaseUntil(), release, ...written };
    this.#moving = true;
    return { transition, release, record: await move(db, this.#record, transition, options) };
  }

  async #attempt(
    step: Step<unknown, unknown>,
  ): Promise<AttemptResult & { readonly moved?: Moved | undefined }> {
    // Its transaction was committed by a worker that died before it could say so.
    if (step.kind === "pivot" && this.#record.pivoted) return { ok: true, state: this.#record.state };
    const { db, clock, around } = this.#deps;
    const leaseUntil = () => this.#leaseUntil();
    const pivot = step.kind === "pivot" && this.#record.direction === "forward";
    let moved: Moved | undefined;
    const moveOn = async (tx: Executor) => {
      moved = await this.#move(tx, afterSuccess(this.#saga, this.#record), { pivot });
    };
    const { signal } = this.#abandoned;
    const result = await attempt(step, this.#record, { db, clock, around, leaseUntil, signal, moveOn });
    if (result.ok) {
      return {
        ...result,
        ...(moved && { moved: { ...moved, record: { ...moved.record, state: result.state } } }),
      };
    }
    // What the step's transaction would have written was undone, or is refused to whatever this worker writes next.
    this.#moving = false;
    return result;
  }

  async #decide(
    step: Step<unknown, unknown> | undefined,
    result: AttemptResult | undefined,
  ): Promise<Transition> {
    if (!step || !result) {
      const reason = `This build has no step "${this.#record.step}"`;
      return { kind: "retry", delayMs: this.#saga.backoff.maxMs, stuck: true, reason };
    }
    if (result.ok) return afterSuccess(this.#saga, this.#record);
    if (result.error instanceof SagaFencedError) throw result.error;
    // The answer to its commit may have been lost: the row knows.
    const passed = step.kind === "pivot" && (await readPivoted(this.#deps.db, this.#record));
    if (passed) return afterSuccess(this.#saga, this.#record);
    const { clock, random } = this.#deps;
    return afterFailure(this.#saga, this.#record, {
      error: result.error,
      nowMs: clock.nowMs(),
      random: random(),
    });
  }

  #tell(transition: Transition): void {
    const { id, step, attempt: count } = this.#record;
    const fields = { sagaId: id, saga: this.#saga.name, step, attempt: count, reason: transition.reason };
    const { log } = this.#deps;
    if (transition.kind === "end") log.info({ ...fields, outcome: transition.outcome }, "saga ended");
    else if (transition.kind === "retry" && transition.stuck)
      log.error(fields, "saga is stuck and will be retried");
    else if (transition.reason !== undefined)
      log.warn({ ...fields, next: transition.kind }, "saga step failed");
  }

  #leaseUntil(): Date {
    return new Date(this.#deps.clock.nowMs() + this.#deps.leaseMs);
  }
}
