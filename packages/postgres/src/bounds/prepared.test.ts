import { createTestDatabase, type TestDatabase } from "@charter/testing";
import { Deadline, systemClock } from "@charter/time";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { sql, type Transaction } from "kysely";
import { type Database, type Executor, inTransaction, openDatabase } from "../index.js";

let server: TestDatabase;
/** Has one connection, so that each statement meets what the one before has left. */
let db: Database<unknown>;
let outside: Database<unknown>;
beforeAll(async () => {
  server = await createTestDatabase();
  outside = openDatabase({ url: server.url, applicationName: "outside" });
});
beforeEach(async () => {
  db = openDatabase({ url: server.url, applicationName: "prepared", maxConnections: 1 });
  await sql`DROP TABLE IF EXISTS shelf`.execute(outside);
  await sql`CREATE TABLE shelf (id int PRIMARY KEY)`.execute(outside);
  await sql`INSERT INTO shelf VALUES (1)`.execute(outside);
});
afterEach(() => db.close());
afterAll(async () => {
  await outside.close();
  await server.drop();
});

const all = async (executor: Executor, least = 1) =>
  (await sql`SELECT * FROM shelf WHERE id >= ${least}`.execute(executor)).rows;
const add = (executor: Executor, id: number) => sql`INSERT INTO shelf VALUES (${id})`.execute(executor);
const widen = () => sql`ALTER TABLE shelf ADD COLUMN height int DEFAULT 3`.execute(outside);
const prepared = async (executor: Executor) => {
  const { rows } = await sql<{ text: string }>`SELECT statement AS text FROM pg_prepared_statements`.execute(
    executor,
  );
  return rows.map(({ text }) => text);
};
const within = { deadline: Deadline.after(systemClock, 10_000) };

describe("statements that a connection keeps prepared", () => {
  it("are those with parameters, each once", async () => {
    await all(db);
    await all(db, 0);
    await inTransaction(db, (tx) => all(tx), within);
    await sql`SELECT 1`.execute(db);
    expect(await prepared(db)).toEqual(["SELECT * FROM shelf WHERE id >= $1"]);
  });

  it.each([
    ["alone", (work: (executor: Executor) => Promise<unknown>) => work(db)],
    ["in a transaction", (work: (executor: Executor) => Promise<unknown>) => inTransaction(db, work)],
    [
      "within a deadline",
      (work: (executor: Executor) => Promise<unknown>) => inTransaction(db, work, within),
    ],
  ])("answer with the columns that a table has got since, %s", async (_, run) => {
    expect(await run(all)).toEqual([{ id: 1 }]);
    await widen();
    expect(await run(all)).toEqual([{ id: 1, height: 3 }]);
    expect(await run(all)).toEqual([{ id: 1, height: 3 }]);
  });

  it("are prepared another time when the first time failed before it came to them", async () => {
    const late = async (tx: Transaction<unknown>) => {
      await expect(sql`SELECT 1 / 0`.execute(tx)).rejects.toThrow("division by zero");
      await expect(all(tx)).rejects.toThrow("current transaction is aborted");
      throw new Error("undone");
    };
    await expect(inTransaction(db, late, within)).rejects.toThrow("undone");
    expect(await inTransaction(db, (tx) => all(tx), within)).toEqual([{ id: 1 }]);
  });

  it("are prepared another time when they could not be parsed", async () => {
    await sql`DROP TABLE shelf`.execute(outside);
    await expect(inTransaction(db, (tx) => all(tx), within)).rejects.toThrow("does not exist");
    await sql`CREATE TABLE shelf (id int PRIMARY KEY)`.execute(outside);
    expect(await all(db)).toEqual([]);
  });
});

describe("a transaction", () => {
  it("begins with its first statement, which it undoes with all others", async () => {
    const undone = inTransaction(db, async (tx) => {
      await add(tx, 2);
      await add(tx, 3);
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    expect(await all(db)).toEqual([{ id: 1 }]);
  });

  it("is not there after its first statement has failed", async () => {
    await expect(inTransaction(db, (tx) => add(tx, 1))).rejects.toThrow("duplicate key");
    await add(db, 2);
    expect(await all(outside)).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it("may have none, or one without parameters", async () => {
    expect(await inTransaction(db, async () => "none")).toBe("none");
    const script = "INSERT INTO shelf VALUES (2); INSERT INTO shelf VALUES (3)";
    const undone = inTransaction(db, async (tx) => {
      await sql.raw(script).execute(tx);
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    expect(await all(db)).toEqual([{ id: 1 }]);
  });

  it("has the isolation that was asked for", async () => {
    const level = async (tx: Transaction<unknown>) =>
      (await sql<{ level: string }>`SELECT current_setting(${"transaction_isolation"}) AS level`.execute(tx))
        .rows;
    expect(await inTransaction(db, level, { isolation: "serializable", ...within })).toEqual([
      { level: "serializable" },
    ]);
  });
});
