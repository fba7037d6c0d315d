import { AsyncLocalStorage } from "node:async_hooks";
import { createTestDatabase, ManualClock, type TestDatabase } from "@charter/testing";
import { type Clock, Deadline, sleep, systemClock } from "@charter/time";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { sql, type Transaction } from "kysely";
import {
  type Database,
  type Executor,
  inTransaction,
  isUniqueViolation,
  openDatabase,
  type WorkBounds,
  WorkOverError,
} from "../index.js";

/** Longer than any statement of these tests takes. */
const LONG_MS = 600_000;

/** Far more statements than begin before a test lets their deadline pass. */
const MANY = 10_000;

interface Schema {
  mark: { id: string; amount: bigint };
}

/** It stands still until it leaps beyond any deadline, in the middle of whatever runs. */
function clockThatExpires() {
  let nowMs = 0;
  const clock: Clock = { ...systemClock, monotonicMs: () => nowMs };
  const expire = () => {
    nowMs = LONG_MS;
  };
  return { clock, expire };
}

describe("bounds of the work at hand", () => {
  const work = new AsyncLocalStorage<WorkBounds>();
  let server: TestDatabase;
  let db: Database<Schema>;
  /** Looks on from outside; has no bounds. */
  let outside: Database<Schema>;

  beforeAll(async () => {
    server = await createTestDatabase();
    outside = openDatabase({ url: server.url, applicationName: "outside" });
    await sql`CREATE TABLE mark (id text PRIMARY KEY, amount int8 NOT NULL, at timestamptz DEFAULT clock_timestamp())`.execute(
      outside,
    );
    const boundsOf = () => work.getStore();
    db = openDatabase({
      url: server.url,
      applicationName: "bounded",
      maxConnections: 2,
      // Of themselves its statements do not end, and no cancel is repeated.
      statementTimeoutMs: LONG_MS,
      clock: new ManualClock(),
      boundsOf,
    });
  });
  afterAll(async () => {
    await Promise.all([db.close(), outside.close()]);
    await server.drop();
  });
  beforeEach(() => sql`TRUNCATE mark`.execute(outside));

  const failure = (running: Promise<unknown>) =>
    running.then(
      () => undefined,
      (error: unknown) => error as WorkOverError,
    );
  const until = async (condition: () => Promise<boolean>) => {
    while (!(await condition())) await sleep(systemClock, 1);
  };
  const running = async () => {
    const { rows } = await sql<{ count: bigint }>`SELECT count(*) FROM pg_stat_activity
      WHERE application_name = 'bounded' AND state = 'active' AND query LIKE '%pg_sleep%'`.execute(outside);
    return Number(rows[0]?.count);
  };
  const sleeping = () => sql`SELECT pg_sleep(${30})`.execute(db);
  const within = <T>(ms: number, run: () => Promise<T>, clock: Clock = systemClock) =>
    work.run({ deadline: Deadline.after(clock, ms) }, run);
  /** What the server takes for the timeout of a statement. */
  const bound = async (executor: Executor = db) => {
    const { rows } = await sql<{ ms: number }>`SELECT setting::int AS ms FROM pg_settings
      WHERE name = ${"statement_timeout"}`.execute(executor);
    return rows[0]?.ms ?? 0;
  };
  const insert = (id: string) => db.insertInto("mark").values({ id, amount: 1n }).execute();

  it("lets nothing begin after the deadline, alone, in a transaction or waiting for a connection", async () => {
    const { clock, expire } = clockThatExpires();
    const asked = new Set<string>();
    let done = 0;
    const busy = async (name: string, once: (id: string) => Promise<unknown>) => {
      for (let count = 0; count < MANY; count += 1) {
        asked.add(`${name} ${count}`);
        await once(`${name} ${count}`);
        done += 1;
      }
    };
    const running = within(
      LONG_MS,
      () =>
        Promise.all([
          failure(busy("alone", insert)),
          failure(busy("beside", insert)),
          failure(busy("in a transaction", (id) => inTransaction(db, () => insert(id)))),
          failure(busy("waiting", (id) => inTransaction(db, (tx) => sql`SELECT ${id}::text`.execute(tx)))),
        ]),
      clock,
    );
    await until(async () => done > 40);
    expire();
    const inTime = new Set(asked);
    expect((await running).map((error) => [error instanceof WorkOverError, error?.name])).toEqual(
      Array(4).fill([true, "TimeoutError"]),
    );
    const marks = await outside.selectFrom("mark").select("id").execute();
    expect(marks.length).toBeGreaterThan(10);
    expect(marks.filter(({ id }) => !inTime.has(id))).toEqual([]);
  });

  it("lets nothing begin that waited for its connection until after the deadline", async () => {
    const { clock, expire } = clockThatExpires();
    const open = Promise.withResolvers<void>();
    const held = [0, 1].map(() => inTransaction(db, () => open.promise));
    const waiting = within(
      LONG_MS,
      () => Promise.all([failure(insert("alone")), failure(inTransaction(db, () => insert("inside")))]),
      clock,
    );
    expire();
    open.resolve();
    await Promise.all(held);
    expect((await waiting).map((error) => error?.name)).toEqual(["TimeoutError", "TimeoutError"]);
    expect(await outside.selectFrom("mark").select("id").execute()).toEqual([]);
  });

  it("refuses the commit of what came too late, and undoes it", async () => {
    const clock = new ManualClock();
    const insertLate = async (tx: Transaction<Schema>) => {
      await tx.insertInto("mark").values({ id: "late", amount: 1n }).execute();
      await clock.advance(1_000);
    };
    const late = inTransaction(db, insertLate, { deadline: Deadline.after(clock, 1_000) });
    expect((await failure(late))?.name).toBe("TimeoutError");
    expect(await outside.selectFrom("mark").select("id").execute()).toEqual([]);
  });

  it("tells the server what remains, for the statement at hand only", async () => {
    const clock = new ManualClock();
    const told = await within(
      5_000,
      async () => {
        const alone = await bound();
        await clock.advance(1_200);
        return [alone, await inTransaction(db, bound)];
      },
      clock,
    );
    expect(told).toEqual([5_000, 3_800]);
    expect(await bound()).toBe(LONG_MS);
    expect(await within(2 * LONG_MS, () => bound())).toBe(LONG_MS);
  });

  it("tells the server anew in a transaction once the deadline has come 50 ms nearer, or a rollback made it forget", async () => {
    const clock = new ManualClock();
    const told = await within(
      5_000,
      () =>
        inTransaction(db, async (tx) => {
          const first = await bound(tx);
          await clock.advance(50);
          await sql.raw("SAVEPOINT before").execute(tx);
          const soon = await bound(tx);
          await clock.advance(10);
          const later = await bound(tx);
          await sql.raw("ROLLBACK TO SAVEPOINT before").execute(tx);
          await clock.advance(10);
          return [first, soon, later, await bound(tx)];
        }),
      clock,
    );
    expect(told).toEqual([5_000, 4_950, 4_950, 4_930]);
  });

  it("has the server end what outlasts the deadline", async () => {
    const error = await failure(within(60, sleeping));
    expect(error).toMatchObject({ name: "TimeoutError", cause: { code: "57014" } });
  });

  it("cancels what runs as soon as the signal aborts, after no timer, alone and in a transaction", async () => {
    const caller = new AbortController();
    const reason = new Error("gone");
    const both = work.run({ signal: caller.signal }, () =>
      Promise.all([
        failure(sleeping()),
        failure(inTransaction(db, (tx) => sql`SELECT pg_sleep(30)`.execute(tx))),
      ]),
    );
    await until(async () => (await running()) === 2);
    caller.abort(reason);
    expect((await both).map((error) => error?.name)).toEqual(["AbortError", "AbortError"]);
    expect(await running()).toBe(0);
    expect(await failure(work.run({ signal: caller.signal }, () => insert("after")))).toMatchObject({
      name: "AbortError",
      cause: reason,
    });
  });

  it("cancels for no other statement than the one given up, however often", async () => {
    const one = openDatabase<Schema>({
      url: server.url,
      applicationName: "one",
      maxConnections: 1,
      boundsOf: () => work.getStore(),
    });
    for (let round = 0; round < 20; round += 1) {
      const caller = new AbortController();
      const given = work.run({ signal: caller.signal }, () =>
        failure(sql`SELECT pg_sleep(0.02)`.execute(one)),
      );
      const next = sql<{ done: number }>`SELECT ${round}::int AS done, pg_sleep(0.01)`.execute(one);
      await sleep(systemClock, round);
      caller.abort();
      await given;
      expect((await next).rows[0]?.done).toBe(round);
    }
    await one.close();
  });

  it("gives up waiting for a connection, and leaks none", async () => {
    const caller = new AbortController();
    const open = Promise.withResolvers<void>();
    const held = [0, 1].map(() => inTransaction(db, () => open.promise));
    const waiting = work.run({ signal: caller.signal }, () => failure(insert("never")));
    caller.abort();
    expect((await waiting)?.name).toBe("AbortError");
    open.resolve();
    await Promise.all(held);
    await Promise.all([insert("a"), insert("b"), insert("c")]);
    expect(await outside.selectFrom("mark").select("id").orderBy("id").execute()).toEqual([
      { id: "a" },
      { id: "b" },
      { id: "c" },
    ]);
  });

  it("changes nothing else of a statement: values, counts and errors", async () => {
    await within(5_000, async () => {
      await insert("a");
      const { numUpdatedRows } = await db.updateTable("mark").set({ amount: 2n }).executeTakeFirstOrThrow();
      expect(numUpdatedRows).toBe(1n);
      expect(await db.selectFrom("mark").select(["id", "amount"]).execute()).toEqual([
        { id: "a", amount: 2n },
      ]);
      expect(isUniqueViolation(await failure(insert("a")))).toBe(true);
      expect(await db.selectFrom("mark").select("id").where("id", "=", "b").execute()).toEqual([]);
      const inside = inTransaction(db, async (tx) => {
        await tx.insertInto("mark").values({ id: "a", amount: 1n }).execute();
      });
      expect(isUniqueViolation(await failure(inside))).toBe(true);
    });
  });
});
