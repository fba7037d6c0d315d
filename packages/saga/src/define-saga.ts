import type { Transaction } from "kysely";

/** What a step gets. */
export interface StepContext<State, Schema> {
  readonly sagaId: string;
  /**
   * The saga's own copy of its state, to be changed in place. Changes are stored when the step succeeds and at the end of each `transaction`;
   * those of a failed attempt are dropped. It must survive JSON: no bigint or Date.
   */
  readonly state: State;
  /** `${sagaId}:${step}`, the same for every attempt and for the step's compensation: the idempotency key for a callee. */
  readonly key: string;
  /** 1 for the first; an attempt whose process died counts. */
  readonly attempt: number;
  /** Aborts when the saga was lost to another worker, the step has run too long, or the runner gives up waiting for it. */
  readonly signal: AbortSignal;
  /**
   * Runs `body` in one transaction in which this worker still holds the saga: it waits for no one else's takeover, and no takeover happens before
   * it ends. Throws SagaFencedError, with everything rolled back, when the saga was taken over before. In the pivot, its commit *is* the
   * passing of the pivot: the step counts as done from then on, even if the process dies before the step returns.
   */
  transaction<T>(body: (tx: Transaction<Schema>) => Promise<T>): Promise<T>;
  /**
   * As `transaction`, and its commit also ends the step: the saga stands at the next one from then on, for one commit less. Nothing may come
   * after it: what a step throws then leaves the saga to whoever claims it when its lease has run out.
   */
  complete<T>(body: (tx: Transaction<Schema>) => Promise<T>): Promise<T>;
}

interface AnyStep {
  /** Unique within the saga and stored: renaming a step strands the sagas that stand at it. */
  readonly name: string;
  /** Bound on one attempt. Default 30,000 ms. */
  readonly timeoutMs?: number;
}

/** Does the work. May run several times, so its effect must be idempotent under `context.key`. */
type Run<State, Schema> = (context: StepContext<State, Schema>) => Promise<void>;

/** A step before the pivot. */
export interface CompensableStep<State, Schema> extends AnyStep {
  readonly kind: "compensable";
  /** Leave it out of the first steps where the transaction that enqueues the saga has done their work. */
  readonly run?: Run<State, Schema>;
  /** Attempts before the saga gives up and compensates. Default: the saga's. */
  readonly maxAttempts?: number;
  /**
   * Undoes the step. Runs also when it is unknown whether the step took effect, and even while a late attempt may still be on its way: it must leave
   * a mark that lets such an attempt do nothing. May run several times. Leave it out where there is nothing to undo.
   */
  compensate?(context: StepContext<State, Schema>): Promise<void>;
}

/** The point of no return; do its work in one `context.complete` or `context.transaction`. */
export interface PivotStep<State, Schema> extends AnyStep {
  readonly kind: "pivot";
  readonly run: Run<State, Schema>;
  /** Attempts before the saga gives up and compensates. Default: the saga's. */
  readonly maxAttempts?: number;
}

/** A step after the pivot: tried until it succeeds. */
export interface ForwardStep<State, Schema> extends AnyStep {
  readonly kind: "forward";
  readonly run: Run<State, Schema>;
}

export type Step<State, Schema> =
  | CompensableStep<State, Schema>
  | PivotStep<State, Schema>
  | ForwardStep<State, Schema>;

export interface SagaOptions<State, Schema> {
  /** Stored with every saga: renaming it strands those that run. */
  readonly name: string;
  /** In order: compensable steps, at most one pivot, then forward steps. */
  readonly steps: readonly Step<State, Schema>[];
  /** "fail" for an error that no repetition will mend. Default: every error may be retried. */
  classify?(error: unknown): "retry" | "fail";
  /** Attempts of one step before the pivot, after which the saga compensates. Default 10. */
  readonly maxAttempts?: number;
  /** Time from enqueueing to the pivot, after which the next failure compensates. Default 300,000 ms. */
  readonly timeBudgetMs?: number;
  /** Attempts of a forward step or a compensation after which the saga shows as stuck. It is still retried. Default 5. */
  readonly stuckAfterAttempts?: number;
  /** Fully jittered pause before another attempt: doubles from `baseMs` (default 100) up to `maxMs` (default 30,000). */
  readonly backoff?: { readonly baseMs: number; readonly maxMs: number };
}

/** A saga's definition, every default filled in. */
export type Saga<State, Schema = unknown> = Required<SagaOptions<State, Schema>>;

/** Checks a saga's definition and fills in its defaults. Throws a TypeError that names what is wrong. */
export function defineSaga<State, Schema = unknown>(
  options: SagaOptions<State, Schema>,
): Saga<State, Schema> {
  const { name, steps } = options;
  const problem = (text: string) => new TypeError(`Saga "${name}": ${text}`);
  if (steps.length === 0) throw problem("it has no steps");
  if (new Set(steps.map((step) => step.name)).size < steps.length)
    throw problem("two steps have the same name");
  const order = { compensable: 0, pivot: 1, forward: 2 };
  const ranks = steps.map((step) => order[step.kind]);
  if (ranks.some((rank, index) => rank < (ranks[index - 1] ?? 0))) {
    throw problem("the order must be compensable steps, then the pivot, then forward steps");
  }
  const pivots = ranks.filter((rank) => rank === order.pivot).length;
  if (pivots > 1) throw problem("it has more than one pivot");
  if (pivots === 0 && ranks.includes(order.forward)) throw problem("forward steps need a pivot before them");
  return {
    classify: () => "retry",
    maxAttempts: 10,
    timeBudgetMs: 300_000,
    stuckAfterAttempts: 5,
    backoff: { baseMs: 100, maxMs: 30_000 },
    ...options,
  };
}
