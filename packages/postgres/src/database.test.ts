import { createTestDatabase, type TestDatabase } from "@charter/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { type Database, inTransaction, isConnectionLost, isStatementTimeout, openDatabase } from "./index.js";

describe("openDatabase", () => {
  let server: TestDatabase;
  let db: Database<unknown>;

  beforeAll(async () => {
    server = await createTestDatabase();
    db = openDatabase({ url: server.url, applicationName: "under-test", maxConnections: 3 });
  });

  afterAll(async () => {
    await db.close();
    await server.drop();
  });

  const terminateOthers = async () => {
    const { rows } = await sql<{
      ended: boolean;
    }>`SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'under-test'`.execute(
      db,
    );
    return rows.length;
  };

  it("gives int8 as bigint and leaves what a number or a Date would falsify as text", async () => {
    const { rows } =
      await sql`SELECT 9007199254740993::int8 AS big, '{1,NULL,9007199254740993}'::int8[] AS bigs,
      0.10::numeric(10,2) AS exact, date '2024-02-29' AS day, timestamp '2024-02-29 12:00' AS local,
      timestamptz '2024-02-29 12:00Z' AS moment, '\\x00ff'::bytea AS bytes, 7::int4 AS small`.execute(db);
    expect(rows).toEqual([
      {
        big: 9007199254740993n,
        bigs: [1n, null, 9007199254740993n],
        exact: "0.10",
        day: "2024-02-29",
        local: "2024-02-29 12:00:00",
        moment: new Date("2024-02-29T12:00:00Z"),
        bytes: Buffer.from([0, 255]),
        small: 7,
      },
    ]);
  });

  it("takes bigint, Date and Uint8Array as parameters", async () => {
    const moment = new Date("2024-02-29T12:00:00.123Z");
    const { rows } = await sql`SELECT ${9007199254740993n}::int8 AS big, ${moment}::timestamptz AS moment,
      ${new Uint8Array([1, 2])}::bytea AS bytes`.execute(db);
    expect(rows).toEqual([{ big: 9007199254740993n, moment, bytes: Buffer.from([1, 2]) }]);
  });

  it("names itself to the server", async () => {
    const { rows } = await sql`SELECT current_setting('application_name') AS name`.execute(db);
    expect(rows).toEqual([{ name: "under-test" }]);
  });

  it("has a bound on connections, on the wait for one and on a statement", async () => {
    const small = openDatabase({
      url: server.url,
      applicationName: "small",
      maxConnections: 1,
      connectTimeoutMs: 50,
      statementTimeoutMs: 300,
    });
    const holding = sql`SELECT pg_sleep(5)`.execute(small).catch((error: unknown) => error);
    const waiting = await sql`SELECT 1`.execute(small).catch((error: unknown) => error);
    expect(isConnectionLost(waiting)).toBe(true);
    expect(isStatementTimeout(await holding)).toBe(true);
    await small.close();
  });

  it("outlives the death of an idle connection and serves on a new one", async () => {
    const lost = Promise.withResolvers<Error>();
    const other = openDatabase({
      url: server.url,
      applicationName: "under-test",
      onConnectionLost: lost.resolve,
    });
    await sql`SELECT 1`.execute(other);
    expect(await terminateOthers()).toBeGreaterThan(0);
    expect(isConnectionLost(await lost.promise)).toBe(true);
    await expect(sql`SELECT 1 AS one`.execute(other)).resolves.toMatchObject({ rows: [{ one: 1 }] });
    await other.close();
  });

  it("outlives the death of a connection that a transaction holds, and says what was lost", async () => {
    const other = openDatabase({ url: server.url, applicationName: "under-test" });
    const outcome = await inTransaction(other, async (tx) => {
      await sql`SELECT 1`.execute(tx);
      await terminateOthers();
      await sql`SELECT 2`.execute(tx);
    }).catch((error: unknown) => error);
    expect(isConnectionLost(outcome)).toBe(true);
    await expect(sql`SELECT 1 AS one`.execute(other)).resolves.toMatchObject({ rows: [{ one: 1 }] });
    const refusal = new Error("refused");
    const refusing = inTransaction(other, async (tx) => {
      await sql`SELECT 1`.execute(tx);
      await terminateOthers();
      throw refusal;
    });
    await expect(refusing).rejects.toBe(refusal);
    await other.close();
  });

  it("says that the connection is lost when no server answers, and closes unused", async () => {
    const nowhere = openDatabase({ url: "postgres://a:b@127.0.0.1:1/none", applicationName: "nowhere" });
    const error = await sql`SELECT 1`.execute(nowhere).catch((caught: unknown) => caught);
    expect(isConnectionLost(error)).toBe(true);
    await nowhere.close();
    await nowhere.close();
    await openDatabase({ url: "postgres://a:b@127.0.0.1:1/none", applicationName: "unused" }).close();
  });
});
