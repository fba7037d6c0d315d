import { randomUUID } from "node:crypto";
import type { Executor, Transactional } from "@charter/postgres";
import { type Clock, systemClock, type Timer } from "@charter/time";
import type { StepAround } from "./around.js";
import type { Saga } from "./define-saga.js";
import { SagaFencedError } from "./errors.js";
import { SagaExecution } from "./saga-execution.js";
import type { SagaLog } from "./saga-log.js";
import { claimDue, renewLeases } from "./saga-store.js";

/** A saga of any state, made by `defineSaga`. */
export interface AnySaga {
  readonly name: string;
  readonly steps: readonly { readonly name: string }[];
}

export interface SagaRunnerOptions<Schema> {
  readonly db: Executor & Transactional<Schema>;
  /** The sagas that this process can run. Others in the table are left alone. */
  readonly sagas: readonly AnySaga[];
  readonly log: SagaLog;
  /** Sagas at work at once in this process. Default 8. Each needs a connection while it is in a transaction. */
  readonly concurrency?: number;
  /** How long a saga stays reserved for a process that has gone silent. Default 10,000 ms; renewed at every third of it. */
  readonly leaseMs?: number;
  /** How often the table is searched for due sagas without a `wake`. Default 500 ms. */
  readonly pollMs?: number;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Source of jitter in [0, 1). Default Math.random. */
  readonly random?: () => number;
  /** Put around every run of a step. Default: nothing. */
  readonly around?: StepAround;
}

/**
 * Runs sagas from the table, beside any number of other runners on the same one. Clocks decide only *when* a saga is taken over; that two
 * workers never both write is decided by the fencing token in its row, so clocks that disagree cost time and never correctness.
 */
export interface SagaRunner {
  /** Begins to work, until `stop`. */
  start(): void;
  /**
   * Takes no more sagas, lets running steps end and gives their sagas back. After `graceMs` (default 10,000) it aborts those that still run and
   * abandons their leases, which others take over once these run out. A stopped runner does not start again.
   */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
  /** Works on everything that is due until nothing more is; returns how many sagas it took. For tests and one-shot tools. */
  runDue(): Promise<number>;
  /** Looks for due sagas now: call it after the commit of an enqueue. */
  wake(): void;
}

/** Makes a runner; nothing happens before `start` or `runDue`. */
export function createSagaRunner<Schema>(options: SagaRunnerOptions<Schema>): SagaRunner {
  return new Runner(options as unknown as SagaRunnerOptions<unknown>);
}

/** How long `stop` waits for what it has aborted: only a database that does not answer takes longer. */
const abandonMs = 1_000;

class Runner implements SagaRunner {
  readonly #options: Required<SagaRunnerOptions<unknown>>;
  readonly #sagas: ReadonlyMap<string, Saga<unknown>>;
  readonly #owner = randomUUID();
  readonly #active = new Map<SagaExecution, Promise<void>>();
  /** Called, and emptied, when something may have become possible: a wake, a free slot, a stop. */
  readonly #waiters = new Set<() => void>();
  #reserved = 0;
  #stopping = false;
  #abandoned = false;
  #loop: Promise<void> | undefined;
  #renewal: Timer | undefined;

  constructor(options: SagaRunnerOptions<unknown>) {
    this.#options = {
      concurrency: 8,
      leaseMs: 10_000,
      pollMs: 500,
      clock: systemClock,
      random: Math.random,
      around: (_, run) => run(),
      ...options,
    };
    this.#sagas = new Map(options.sagas.map((saga) => [saga.name, saga as unknown as Saga<unknown>]));
  }

  start(): void {
    if (this.#stopping) throw new Error("This saga runner was stopped");
    this.#loop ??= this.#work();
  }

  wake(): void {
    for (const notify of this.#waiters) notify();
    this.#waiters.clear();
  }

  async runDue(): Promise<number> {
    let taken = 0;
    for (;;) {
      const changed = this.#changed();
      // One that ends while the claim is under way may be due again, unseen by it.
      const wasIdle = this.#active.size === 0;
      const count = await this.#claim();
      taken += count;
      if (count > 0) continue;
      if (wasIdle) return taken;
      await changed;
    }
  }

  async stop({ graceMs = 10_000 }: { readonly graceMs?: number } = {}): Promise<void> {
    this.#stopping = true;
    this.wake();
    const settled = this.#settled();
    if (graceMs > 0) await this.#within(graceMs, settled);
    this.#abandoned = true;
    for (const execution of this.#active.keys()) execution.abandon(stopped());
    await this.#within(abandonMs, settled);
    this.#renewal?.clear();
  }

  async #settled(): Promise<void> {
    await this.#loop;
    await Promise.all(this.#active.values());
  }

  async #within(ms: number, work: Promise<void>): Promise<void> {
    const { promise: expiry, resolve } = Promise.withResolvers<void>();
    const timer = this.#options.clock.setTimer(resolve, ms);
    await Promise.race([work, expiry]);
    timer.clear();
  }

  async #work(): Promise<void> {
    const { clock, pollMs, log } = this.#options;
    while (!this.#stopping) {
      const changed = this.#changed();
      const poll = clock.setTimer(() => this.wake(), pollMs);
      const count = await this.#claim().catch((error: unknown) => {
        log.error({ err: error }, "sagas could not be claimed; trying again at the next poll");
        return 0;
      });
      if (count === 0 && !this.#stopping) await changed;
      poll.clear();
    }
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => this.#waiters.add(resolve));
  }

  /** Takes as many due sagas as there are free slots and sets them going; returns how many. */
  async #claim(): Promise<number> {
    const { db, clock, concurrency, leaseMs } = this.#options;
    const limit = concurrency - this.#active.size - this.#reserved;
    if (limit <= 0 || this.#stopping) return 0;
    this.#reserved += limit;
    try {
      const nowMs = clock.nowMs();
      const records = await claimDue(db, {
        names: [...this.#sagas.keys()],
        owner: this.#owner,
        now: new Date(nowMs),
        leaseUntil: new Date(nowMs + leaseMs),
        limit,
      });
      for (const record of records) this.#launch(record.name, record);
      return records.length;
    } finally {
      this.#reserved -= limit;
    }
  }

  #launch(name: string, record: ConstructorParameters<typeof SagaExecution>[1]): void {
    const saga = this.#sagas.get(name);
    if (!saga) throw new Error(`A saga named "${name}" was claimed that this runner does not know`);
    const { db, clock, random, log, leaseMs, around } = this.#options;
    const isStopping = () => this.#stopping;
    const execution = new SagaExecution(saga, record, {
      db,
      clock,
      random,
      log,
      leaseMs,
      around,
      isStopping,
    });
    // It was claimed by a question that was still open when the runner gave up.
    if (this.#abandoned) execution.abandon(stopped());
    const done = execution.run().then(() => {
      this.#active.delete(execution);
      if (this.#active.size === 0) this.#renewal?.clear();
      this.wake();
    });
    this.#active.set(execution, done);
    if (this.#active.size === 1) this.#renewLater();
  }

  #renewLater(): void {
    const { clock, leaseMs, log } = this.#options;
    this.#renewal?.clear();
    this.#renewal = clock.setTimer(() => {
      this.#renew()
        .catch((error: unknown) => log.warn({ err: error }, "leases of sagas could not be renewed"))
        .finally(() => {
          if (this.#active.size > 0 && !this.#abandoned) this.#renewLater();
        });
    }, leaseMs / 3);
  }

  async #renew(): Promise<void> {
    const { db, clock, leaseMs } = this.#options;
    const asked = [...this.#active.keys()].flatMap((execution) => {
      const { held } = execution;
      return held ? [{ execution, ...held }] : [];
    });
    const kept = await renewLeases(db, asked, new Date(clock.nowMs() + leaseMs));
    for (const { execution, id, fence } of asked) {
      // Its token may have moved on while the question was under way; then the answer is about an attempt that has ended.
      if (!kept.has(id) && execution.held?.fence === fence) execution.abandon(new SagaFencedError(id));
    }
  }
}

const stopped = () => new Error("The saga runner has stopped");
