import { AsyncLocalStorage } from "node:async_hooks";
import { createTestDatabase, type TestDatabase } from "@charter/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { type Database, type EndedStatement, inTransaction, openDatabase } from "./index.js";

describe("onStatement", () => {
  const context = new AsyncLocalStorage<string>();
  const seen: (EndedStatement & { by: string | undefined })[] = [];
  let server: TestDatabase;
  let db: Database<unknown>;

  beforeAll(async () => {
    server = await createTestDatabase();
    db = openDatabase({
      url: server.url,
      applicationName: "observed",
      onStatement: (statement) => void seen.push({ ...statement, by: context.getStore() }),
    });
  });
  afterAll(async () => {
    await db.close();
    await server.drop();
  });
  beforeEach(() => void seen.splice(0));

  it("is told the text and how long it took, without the values", async () => {
    await sql`SELECT ${"ada@example.com"}::text AS email`.execute(db);
    expect(seen).toEqual([
      { text: "SELECT $1::text AS email", durationMs: expect.any(Number), by: undefined },
    ]);
  });

  it("is told what a statement failed with", async () => {
    await expect(sql`SELECT 1 / ${0}::int4`.execute(db)).rejects.toThrow();
    expect(seen).toMatchObject([{ text: "SELECT 1 / $1::int4", error: { code: "22012" } }]);
  });

  it("is told in the context of whoever ran it, in transactions too", async () => {
    await Promise.all(
      ["a", "b"].map((name) =>
        context.run(name, () => inTransaction(db, (tx) => sql`SELECT ${name}::text`.execute(tx))),
      ),
    );
    const of = (name: string) => seen.filter(({ by }) => by === name).map(({ text }) => text.toLowerCase());
    expect(of("a")).toEqual(["begin", "select $1::text", "commit"]);
    expect(of("b")).toEqual(of("a"));
  });
});
