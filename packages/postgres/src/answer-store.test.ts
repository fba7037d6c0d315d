import { createTestDatabase, idempotencyStoreContract, type TestDatabase } from "@charter/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import {
  type AnswerStore,
  apart,
  createAnswerStore,
  type Database,
  idempotencyMigration,
  inTransaction,
  isUniqueViolation,
  KeyReusedError,
  migrate,
  openDatabase,
  purgeAnswers,
  whenCommitted,
} from "./index.js";

interface Schema {
  effect: { id: string };
}

const done = new TextEncoder().encode("done");

describe("createAnswerStore", () => {
  let test: TestDatabase;
  let db: Database<Schema>;
  let outside: Database<Schema>;
  let store: AnswerStore;

  beforeAll(async () => {
    test = await createTestDatabase();
    db = openDatabase({ url: test.url, applicationName: "answers", maxConnections: 3 });
    outside = openDatabase({ url: test.url, applicationName: "outside" });
    await migrate(db, { "000": idempotencyMigration });
    await sql`CREATE TABLE effect (id text PRIMARY KEY)`.execute(db);
    store = createAnswerStore(db);
  });
  afterAll(async () => {
    await Promise.all([db.close(), outside.close()]);
    await test.drop();
  });

  const age = async (ms: number) => {
    await sql`UPDATE charter_answer SET created_at = created_at - ${ms}::float8 * interval '1 millisecond'`.execute(
      db,
    );
  };
  idempotencyStoreContract({ store: () => store, age, begin: () => sql`SELECT`.execute(db) });

  const keyed = (key: string) => ({ scope: "own", key, fingerprint: "body", retentionMs: 60_000 });
  const insert = (id: string) => db.insertInto("effect").values({ id }).execute();
  const seen = async () =>
    (await outside.selectFrom("effect").select("id").orderBy("id").execute()).map(({ id }) => id);
  const transactionsOpen = async () => {
    const { rows } = await sql<{ count: bigint }>`SELECT count(*) FROM pg_stat_activity
      WHERE application_name = 'answers' AND state LIKE 'idle in transaction%'`.execute(outside);
    return rows[0]?.count;
  };
  /** Until some connection of this database stands at a key. */
  const untilWaiting = async (): Promise<void> => {
    const { rows } = await sql`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`.execute(outside);
    if (rows.length === 0) await untilWaiting();
  };

  it("commits what was done on the database with the answer, in transactions of its own or without", async () => {
    const during: string[][] = [];
    const { answer } = await store.run(keyed("joined"), async () => {
      await insert("joined 1");
      await inTransaction(db, (tx) => tx.insertInto("effect").values({ id: "joined 2" }).execute());
      expect(await db.selectFrom("effect").selectAll().execute()).toHaveLength(2);
      during.push(await seen());
      return done;
    });
    expect(during).toEqual([[]]);
    expect(answer).toEqual(done);
    expect(await seen()).toEqual(["joined 1", "joined 2"]);
  });

  it("undoes it when the work fails, and undoes a transaction within alone", async () => {
    const failure = new Error("no");
    const failing = store.run(keyed("failing"), async () => {
      await insert("failing");
      throw failure;
    });
    await expect(failing).rejects.toBe(failure);
    await store.run(keyed("partly"), async () => {
      await insert("partly");
      const inner = inTransaction(db, async () => {
        await insert("undone");
        await insert("partly");
      });
      expect(isUniqueViolation(await inner.catch((error: unknown) => error))).toBe(true);
      return done;
    });
    const ids = await seen();
    expect([ids.includes("failing"), ids.includes("partly"), ids.includes("undone")]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it("lets go of the work that outlives it, and of work on other databases", async () => {
    const open = Promise.withResolvers<void>();
    let later: Promise<unknown> | undefined;
    await store.run(keyed("outlived"), async () => {
      later = open.promise.then(() => insert("later"));
      await outside.insertInto("effect").values({ id: "other database" }).execute();
      expect(await seen()).toContain("other database");
      return done;
    });
    open.resolve();
    await later;
    expect(await seen()).toContain("later");
  });

  it("holds no connection before the first statement, nor for what is done apart, which stays when the work fails", async () => {
    const open: unknown[] = [];
    const failing = store.run(keyed("apart"), async () => {
      open.push(await transactionsOpen());
      await apart(() => insert("apart"));
      open.push(await transactionsOpen());
      await insert("joined");
      open.push(await transactionsOpen());
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(open).toEqual([0n, 0n, 1n]);
    const ids = await seen();
    expect([ids.includes("apart"), ids.includes("joined")]).toEqual([true, false]);
  });

  it("answers as the first did where a duplicate fails, before its first statement or at it, because the first has succeeded", async () => {
    const [entered, leave] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = store.run(keyed("overtaken"), async () => {
      await insert("overtaken");
      entered.resolve();
      await leave.promise;
      return done;
    });
    await entered.promise;
    const at = store.run(keyed("overtaken"), () =>
      insert("never").then(
        () => done,
        () => Promise.reject(new Error("something else")),
      ),
    );
    await untilWaiting();
    // Only now, for it lets the first go on, and nobody could wait for that one any more.
    const before = store.run(keyed("overtaken"), async () => {
      leave.resolve();
      await first;
      throw new Error("there is nothing left to do");
    });
    expect(await Promise.all([first, before, at])).toEqual([
      { answer: done, replayed: false },
      { answer: Buffer.from(done), replayed: true },
      { answer: Buffer.from(done), replayed: true },
    ]);
    expect(await seen()).not.toContain("never");
  });

  it("refuses another request also while the first is under way", async () => {
    const [entered, leave] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = store.run(keyed("reused"), async () => {
      await insert("reused");
      entered.resolve();
      await leave.promise;
      return done;
    });
    await entered.promise;
    const other = store.run({ ...keyed("reused"), fingerprint: "another" }, async () => {
      await insert("never");
      return done;
    });
    await untilWaiting();
    leave.resolve();
    await first;
    await expect(other).rejects.toBeInstanceOf(KeyReusedError);
    expect(await seen()).not.toContain("never");
  });

  it("runs the work anew after a deadlock, and tells of the commit of the run that counts alone", async () => {
    const told: number[] = [];
    let runs = 0;
    const { replayed } = await store.run(keyed("deadlock"), async () => {
      runs += 1;
      const run = runs;
      whenCommitted(db, () => told.push(run));
      await insert(`deadlock ${run}`);
      expect(told).toEqual([]);
      if (run === 1) throw Object.assign(new Error("deadlock detected"), { code: "40P01" });
      return done;
    });
    expect([replayed, runs, told]).toEqual([false, 2, [2]]);
    expect(await seen()).not.toContain("deadlock 1");
    whenCommitted(db, () => told.push(0));
    expect(told).toEqual([2, 0]);
  });

  it("has no effect twice for 50 that come together", async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        store.run(keyed("together"), async () => {
          await insert("together");
          return done;
        }),
      ),
    );
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  });

  it("refuses an isolation level within, rather than weaken it", async () => {
    const inner = store.run(keyed("isolation"), async () => {
      await inTransaction(db, () => insert("isolated"), { isolation: "serializable" });
      return done;
    });
    await expect(inner).rejects.toThrow("cannot join another");
  });

  it("needs one connection for each call, however much the call does", async () => {
    const calls = Array.from({ length: 9 }, (_, index) =>
      store.run(keyed(`many ${index}`), async () => {
        await insert(`many ${index}`);
        await inTransaction(db, () => insert(`more ${index}`));
        return done;
      }),
    );
    expect(await Promise.all(calls)).toHaveLength(9);
  });

  it("forgets what is older than the retention, a bounded number at a time", async () => {
    const answered = (key: string) => store.run({ ...keyed(key), scope: "old" }, async () => done);
    for (const key of ["old 1", "old 2", "old 3"]) await answered(key);
    await sql`UPDATE charter_answer SET created_at = '2020-01-01' WHERE scope = 'old'`.execute(db);
    const before = new Date("2020-01-02");
    expect(await purgeAnswers(db, { before, limit: 2 })).toBe(2);
    expect(await purgeAnswers(db, { before, limit: 2 })).toBe(1);
    expect(await purgeAnswers(db, { before })).toBe(0);
    expect(await answered("old 1")).toMatchObject({ replayed: false });
  });
});
