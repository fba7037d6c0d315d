import { createTestDatabase, ManualClock, type TestDatabase } from "@charter/testing";
import { Deadline } from "@charter/time";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { sql, type Transaction } from "kysely";
import {
  type Database,
  inTransaction,
  isSerializationFailure,
  isStatementTimeout,
  openDatabase,
} from "./index.js";

interface Schema {
  account: { id: number; minor: bigint };
}

describe("inTransaction", () => {
  let server: TestDatabase;
  let db: Database<Schema>;

  beforeAll(async () => {
    server = await createTestDatabase();
    db = openDatabase({ url: server.url, applicationName: "in-transaction" });
    await sql`CREATE TABLE account (id int PRIMARY KEY, minor int8 NOT NULL)`.execute(db);
  });

  beforeEach(async () => {
    await sql`TRUNCATE account`.execute(db);
    await db
      .insertInto("account")
      .values([
        { id: 1, minor: 100n },
        { id: 2, minor: 100n },
      ])
      .execute();
  });

  afterAll(async () => {
    await db.close();
    await server.drop();
  });

  const balance = async (id: number) =>
    (await db.selectFrom("account").select("minor").where("id", "=", id).executeTakeFirstOrThrow()).minor;

  it("commits what the body did, and rolls it back with the body's own error", async () => {
    await inTransaction(db, (tx) =>
      tx.updateTable("account").set({ minor: 1n }).where("id", "=", 1).execute(),
    );
    const refusal = new Error("refused");
    const failing = inTransaction(db, async (tx) => {
      await tx.updateTable("account").set({ minor: 2n }).where("id", "=", 1).execute();
      throw refusal;
    });
    await expect(failing).rejects.toBe(refusal);
    expect(await balance(1)).toBe(1n);
  });

  it("loses no update when serializable bodies race", async () => {
    const increment = () =>
      inTransaction(
        db,
        async (tx) => {
          const { minor } = await tx
            .selectFrom("account")
            .select("minor")
            .where("id", "=", 1)
            .executeTakeFirstOrThrow();
          await tx
            .updateTable("account")
            .set({ minor: minor + 1n })
            .where("id", "=", 1)
            .execute();
        },
        { isolation: "serializable", maxAttempts: 50 },
      );
    await Promise.all(Array.from({ length: 10 }, increment));
    expect(await balance(1)).toBe(110n);
  });

  it("resolves a deadlock by running the loser again", async () => {
    const clock = new ManualClock();
    const firstLocks = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let runs = 0;
    const body = (order: readonly [number, number]) => async (tx: Transaction<Schema>) => {
      runs += 1;
      const add = (id: number) => sql`UPDATE account SET minor = minor + 1 WHERE id = ${id}`.execute(tx);
      await add(order[0]);
      firstLocks[order[0] - 1]?.resolve();
      await Promise.all(firstLocks.map(({ promise }) => promise));
      await add(order[1]);
    };
    const both = [body([1, 2]), body([2, 1])].map((run) => inTransaction(db, run, { clock }));
    // The loser waits for its turn, however long the winner takes to commit; so they do not meet again.
    await Promise.all([Promise.race(both), clock.timersPending()]);
    expect(runs).toBe(2);
    await clock.advance(5);
    await Promise.all(both);
    expect([await balance(1), await balance(2)]).toEqual([102n, 102n]);
    expect(runs).toBe(3);
  });

  it("gives up after the bound and throws the last failure; every pause is jittered below its ceiling", async () => {
    const clock = new ManualClock();
    let runs = 0;
    const failing = inTransaction(
      db,
      async (tx) => {
        runs += 1;
        await sql`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$`.execute(tx);
      },
      { maxAttempts: 3, clock, random: () => 1 },
    ).catch((error: unknown) => error);
    await clock.timersPending();
    await clock.advance(5);
    await clock.timersPending();
    await clock.advance(9);
    expect(runs).toBe(2);
    await clock.advance(1);
    expect(isSerializationFailure(await failing)).toBe(true);
    expect(runs).toBe(3);
    expect(clock.pendingTimers).toBe(0);
  });

  it("ends the wait between attempts when the caller gives up", async () => {
    const clock = new ManualClock();
    const caller = new AbortController();
    const failing = inTransaction(
      db,
      (tx) => sql`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40P01'; END $$`.execute(tx),
      { clock, signal: caller.signal },
    );
    await clock.timersPending();
    caller.abort(new Error("gone"));
    await expect(failing).rejects.toThrow("gone");
    expect(clock.pendingTimers).toBe(0);
  });

  it("bounds statements by what remains of the deadline, in this transaction only", async () => {
    const clock = new ManualClock();
    const deadline = Deadline.after(clock, 40);
    const outcome = await inTransaction(db, (tx) => sql`SELECT pg_sleep(10)`.execute(tx), {
      deadline,
      clock,
    }).catch((error: unknown) => error);
    expect(isStatementTimeout(outcome)).toBe(true);
    const { rows } = await sql`SELECT current_setting('statement_timeout') AS bound`.execute(db);
    expect(rows).toEqual([{ bound: "30s" }]);
  });
});
