import { AsyncLocalStorage } from "node:async_hooks";
import { createTestDatabase, ManualClock, type TestDatabase } from "@charter/testing";
import { Deadline, sleep, systemClock } from "@charter/time";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { sql, type Transaction } from "kysely";
import {
  type Database,
  inTransaction,
  isUniqueViolation,
  openDatabase,
  type WorkBounds,
  WorkOverError,
} from "../index.js";

/** How late a statement may begin after its deadline: 50 ms on an idle machine; the rest is what a busy one may stall. */
const GRACE_MS = 1_000;

interface Schema {
  mark: { id: string; amount: bigint };
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
    db = openDatabase({ url: server.url, applicationName: "bounded", maxConnections: 2, boundsOf });
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
  const within = <T>(ms: number, run: () => Promise<T>) =>
    work.run({ deadline: Deadline.after(systemClock, ms) }, run);
  const insert = (id: string) => db.insertInto("mark").values({ id, amount: 1n }).execute();

  it("lets nothing begin after the deadline, alone, in a transaction or waiting for a connection", async () => {
    const expiryMs = Date.now() + 150;
    const busy = async (name: string, once: (id: string) => Promise<unknown>) => {
      for (let count = 0; ; count += 1) await once(`${name} ${count}`);
    };
    const errors = await within(150, () =>
      Promise.all([
        failure(busy("alone", insert)),
        failure(busy("beside", insert)),
        failure(busy("in a transaction", (id) => inTransaction(db, () => insert(id)))),
        failure(busy("waiting", (id) => inTransaction(db, (tx) => sql`SELECT ${id}::text`.execute(tx)))),
      ]),
    );
    expect(errors.map((error) => [error instanceof WorkOverError, error?.name])).toEqual(
      errors.map(() => [true, "TimeoutError"]),
    );
    const { rows } = await sql<{
      last: Date;
      count: bigint;
    }>`SELECT max(at) AS last, count(*) FROM mark`.execute(outside);
    expect(rows[0]?.count).toBeGreaterThan(0n);
    expect((rows[0]?.last.getTime() ?? 0) - expiryMs).toBeLessThan(GRACE_MS);
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
    const bound = async () => {
      const { rows } = await sql<{ ms: number }>`SELECT setting::int AS ms FROM pg_settings
        WHERE name = ${"statement_timeout"}`.execute(db);
      return rows[0]?.ms ?? 0;
    };
    const [alone, inside] = await within(5_000, async () => [await bound(), await inTransaction(db, bound)]);
    expect(alone).toBeGreaterThan(4_000);
    expect(alone).toBeLessThanOrEqual(5_000);
    expect(inside).toBeGreaterThan(4_000);
    expect(await bound()).toBe(30_000);
    expect(await within(60_000, bound)).toBe(30_000);
  });

  it("has the server end what outlasts the deadline", async () => {
    const startedMs = systemClock.monotonicMs();
    const error = await failure(within(60, sleeping));
    expect(error).toMatchObject({ name: "TimeoutError", cause: { code: "57014" } });
    expect(systemClock.monotonicMs() - startedMs).toBeLessThan(5_000);
  });

  it("cancels what runs when the signal aborts, alone and in a transaction", async () => {
    const caller = new AbortController();
    const reason = new Error("gone");
    const both = work.run({ signal: caller.signal }, () =>
      Promise.all([
        failure(sleeping()),
        failure(inTransaction(db, (tx) => sql`SELECT pg_sleep(30)`.execute(tx))),
      ]),
    );
    await until(async () => (await running()) === 2);
    const abortedMs = systemClock.monotonicMs();
    caller.abort(reason);
    expect((await both).map((error) => error?.name)).toEqual(["AbortError", "AbortError"]);
    expect(await running()).toBe(0);
    expect(systemClock.monotonicMs() - abortedMs).toBeLessThan(5_000);
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
