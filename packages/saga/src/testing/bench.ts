import { type Database, inTransaction, migrate, openDatabase } from "@charter/postgres";
import {
  type AnySaga,
  createSagaRunner,
  enqueueSaga,
  type Saga,
  type SagaLog,
  type SagaRunner,
  type SagaRunnerOptions,
  sagaMigration,
  sagaTraceMigration,
} from "@charter/saga";
import { createTestDatabase, ManualClock } from "@charter/testing";
import type { Clock } from "@charter/time";
import { sql } from "kysely";
import { type Callee, callee, type Trail } from "./order-saga.js";

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
  await migrate(db, { "1-saga": sagaMigration, "2-saga-trace": sagaTraceMigration });
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

/** Asks the database again and again until it says so; the test's own timeout bounds it. */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
