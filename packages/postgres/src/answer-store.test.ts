import { createTestDatabase, idempotencyStoreContract, type TestDatabase } from "@charter/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import {
  type AnswerStore,
  createAnswerStore,
  type Database,
  idempotencyMigration,
  inTransaction,
  isUniqueViolation,
  migrate,
  openDatabase,
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
  idempotencyStoreContract({ store: () => store, age });

  const keyed = (key: string) => ({ scope: "own", key, fingerprint: "body", retentionMs: 60_000 });
  const insert = (id: string) => db.insertInto("effect").values({ id }).execute();
  const seen = async () =>
    (await outside.selectFrom("effect").select("id").orderBy("id").execute()).map(({ id }) => id);

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
});
