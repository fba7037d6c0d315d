import { type Database, inTransaction, migrate, openDatabase } from "@charter/postgres";
import {
  type AnySaga,
  createSagaRunner,
  defineSaga,
  enqueueSaga,
  type Saga,
  type SagaLog,
  type SagaOptions,
  type SagaRunner,
  type SagaRunnerOptions,
  type StepContext,
  sagaMigration,
} from "@charter/saga";
import { createTestDatabase, ManualClock } from "@charter/testing";
import type { Clock } from "@charter/time";
import { sql } from "kysely";

/** The state of the sagas in these tests: what they have done so far. */
export interface Trail {
  done: string[];
}

export type Context = StepContext<Trail, unknown>;

/** A service that the steps call. */
export interface Callee {
  /** Takes effect once per key, as a callee with idempotency keys does; a key that was undone before stays without effect. */
  effect(key: string): Promise<void>;
  undo(key: string): Promise<void>;
  /** The keys in effect, sorted. */
  effects(): Promise<string[]>;
}

/** A database with sagas in it, a callee beside it, and a clock. */
export interface Bench extends Callee {
  readonly url: string;
  readonly db: Database<unknown>;
  readonly clock: ManualClock;
  /** What the runners logged, as level and message. */
  readonly logged: string[];
  readonly log: SagaLog;
  runner(sagas: readonly AnySaga[], options?: Partial<SagaRunnerOptions<unknown>>): SagaRunner;
  enqueue(saga: Saga<Trail>, ...ids: string[]): Promise<void>;
  close(): Promise<void>;
}

export interface BenchOptions {
  /** By which the sagas are enqueued. Default: the bench's manual clock. */
  readonly clock?: Clock;
}

export async function openBench({ clock: enqueueClock }: BenchOptions = {}): Promise<Bench> {
  const server = await createTestDatabase();
  const db = openDatabase<unknown>({ url: server.url, applicationName: "saga-bench", maxConnections: 20 });
  await migrate(db, { saga: sagaMigration });
  await sql`CREATE TABLE effect (key text PRIMARY KEY, undone bool NOT NULL, times int NOT NULL DEFAULT 1)`.execute(
    db,
  );
  const clock = new ManualClock();
  const logged: string[] = [];
  const level = (name: string) => (_: object, message: string) => void logged.push(`${name}: ${message}`);
  const log = { info: level("info"), warn: level("warn"), error: level("error") };
  const runners = new Set<SagaRunner>();
  return {
    url: server.url,
    db,
    clock,
    logged,
    log,
    runner: (sagas, options = {}) => {
      const runner = createSagaRunner({ db, sagas, clock, log, random: () => 1, ...options });
      runners.add(runner);
      return runner;
    },
    enqueue: (saga, ...ids) =>
      inTransaction(db, async (tx) => {
        for (const id of ids)
          await enqueueSaga(tx, saga, { id, state: { done: [] }, clock: enqueueClock ?? clock });
      }),
    ...callee(db),
    close: async () => {
      await Promise.all([...runners].map((runner) => runner.stop({ graceMs: 0 })));
      await db.close();
      await server.drop();
    },
  };
}

/** A callee that keeps its effects in the same database, each in a transaction of its own. */
export function callee(db: Database<unknown>): Callee {
  return {
    effect: async (key) => {
      await sql`INSERT INTO effect (key, undone) VALUES (${key}, false)
        ON CONFLICT (key) DO UPDATE SET times = effect.times + 1`.execute(db);
    },
    undo: async (key) => {
      await sql`INSERT INTO effect (key, undone) VALUES (${key}, true)
        ON CONFLICT (key) DO UPDATE SET undone = true`.execute(db);
    },
    effects: async () => {
      const { rows } = await sql<{
        key: string;
      }>`SELECT key FROM effect WHERE NOT undone ORDER BY key`.execute(db);
      return rows.map(({ key }) => key);
    },
  };
}

/** What a test puts in the place of a step's or a compensation's work; the ordinary work is `effect` or `undo`. */
export type Work = (context: Context, ordinary: () => Promise<void>) => Promise<void>;

/** reserve, authorise (compensable), confirm (pivot), ship (forward), each with its effect; `works` replaces what some of them do. */
export function orderSaga(
  target: Callee,
  works: Readonly<Record<string, Work>> = {},
  options: Partial<SagaOptions<Trail, unknown>> = {},
): Saga<Trail> {
  const work = (name: string, ordinary: (context: Context) => Promise<void>) => async (context: Context) => {
    const replaced = works[name] ?? ((_, plain) => plain());
    await replaced(context, () => ordinary(context));
    context.state.done.push(name);
  };
  const run = (name: string) => work(name, ({ key }) => target.effect(key));
  const undo = (name: string) => work(`undo ${name}`, ({ key }) => target.undo(key));
  return defineSaga<Trail>({
    name: "order",
    steps: [
      { name: "reserve", kind: "compensable", run: run("reserve"), compensate: undo("reserve") },
      { name: "authorise", kind: "compensable", run: run("authorise"), compensate: undo("authorise") },
      {
        name: "confirm",
        kind: "pivot",
        run: work("confirm", ({ key, transaction }) =>
          transaction(async (tx) => {
            await sql`INSERT INTO effect (key, undone) VALUES (${key}, false)`.execute(tx);
          }),
        ),
      },
      { name: "ship", kind: "forward", run: run("ship") },
    ],
    ...options,
  });
}

/** All four effects of one order. */
export const complete = (id: string) => [`${id}:authorise`, `${id}:confirm`, `${id}:reserve`, `${id}:ship`];

/** Asks the database again and again until it says so; the test's own timeout bounds it. */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
