import { createTestDatabase, type TestDatabase } from "@charter/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import {
  type Database,
  idempotencyMigration,
  inTransaction,
  KeyReusedError,
  migrate,
  once,
  openDatabase,
  purgeAnswers,
  type TransactionOptions,
} from "./index.js";

describe("once", () => {
  let server: TestDatabase;
  let db: Database<unknown>;

  beforeAll(async () => {
    server = await createTestDatabase();
    db = openDatabase({ url: server.url, applicationName: "once", maxConnections: 20 });
    await migrate(db, { "0001": idempotencyMigration });
    await sql`CREATE TABLE effect (key text NOT NULL)`.execute(db);
  });

  afterAll(async () => {
    await db.close();
    await server.drop();
  });

  const effects = async (key: string) =>
    Number(
      (await sql<{ n: bigint }>`SELECT count(*) AS n FROM effect WHERE key = ${key}`.execute(db)).rows[0]?.n,
    );

  let runs = 0;
  const place = (key: string, options: { fingerprint?: string; scope?: string } & TransactionOptions = {}) =>
    inTransaction(
      db,
      (tx) =>
        once(
          tx,
          { scope: options.scope ?? "Place", key, fingerprint: options.fingerprint ?? "same" },
          async () => {
            await sql`INSERT INTO effect VALUES (${key})`.execute(tx);
            runs += 1;
            return new Uint8Array([0, 255, runs]);
          },
        ),
      options,
    );

  it("replays the first answer byte for byte", async () => {
    const first = await place("replay");
    const second = await place("replay");
    expect([first.replayed, second.replayed]).toEqual([false, true]);
    expect(Buffer.from(second.answer)).toEqual(Buffer.from(first.answer));
    expect(await effects("replay")).toBe(1);
  });

  it.each(["read committed", "repeatable read", "serializable"] as const)(
    "runs once for 50 that come together (%s)",
    async (isolation) => {
      const key = `together ${isolation}`;
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => place(key, { isolation, maxAttempts: 50 })),
      );
      expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
      expect(new Set(answers.map(({ answer }) => Buffer.from(answer).toString("hex"))).size).toBe(1);
      expect(await effects(key)).toBe(1);
    },
  );

  it("makes a duplicate wait for the first, and run when the first rolls back", async () => {
    const entered = Promise.withResolvers<void>();
    const leave = Promise.withResolvers<void>();
    const first = inTransaction(db, (tx) =>
      once(tx, { scope: "Place", key: "wait", fingerprint: "same" }, async () => {
        entered.resolve();
        await leave.promise;
        throw new Error("declined");
      }),
    ).catch((error: unknown) => error);
    await entered.promise;
    let ended = false;
    const second = place("wait").finally(() => {
      ended = true;
    });
    await untilWaiting();
    expect(ended).toBe(false);
    leave.resolve();
    expect(await first).toMatchObject({ message: "declined" });
    expect(await second).toMatchObject({ replayed: false });
    expect(await effects("wait")).toBe(1);
  });

  /** Until some connection of this database stands at an advisory lock. */
  async function untilWaiting(): Promise<void> {
    const { rows } = await sql`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`.execute(db);
    if (rows.length === 0) await untilWaiting();
  }

  it("refuses another request under the same key, in its scope only", async () => {
    await place("reuse", { fingerprint: "ten units" });
    const refusal = await place("reuse", { fingerprint: "eleven units" }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(KeyReusedError);
    expect(refusal).toMatchObject({ scope: "Place", key: "reuse" });
    await expect(place("reuse", { fingerprint: "eleven units", scope: "Cancel" })).resolves.toMatchObject({
      replayed: false,
    });
  });

  it("forgets what is older than the retention, a bounded number at a time", async () => {
    for (const key of ["old 1", "old 2", "old 3"]) await place(key, { scope: "Old" });
    await sql`UPDATE charter_answer SET created_at = '2020-01-01' WHERE scope = 'Old'`.execute(db);
    const before = new Date("2020-01-02");
    expect(await purgeAnswers(db, { before, limit: 2 })).toBe(2);
    expect(await purgeAnswers(db, { before, limit: 2 })).toBe(1);
    expect(await purgeAnswers(db, { before })).toBe(0);
    await expect(place("old 1", { scope: "Old" })).resolves.toMatchObject({ replayed: false });
  });
});
