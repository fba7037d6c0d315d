import { afterEach, describe, expect, it } from "@jest/globals";
import pg from "pg";
import { createTestDatabase } from "./index.js";

const configured = process.env.CHARTER_TEST_POSTGRES_URL;

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows;
}

describe("createTestDatabase", () => {
  afterEach(() => {
    process.env.CHARTER_TEST_POSTGRES_URL = configured;
  });

  it("makes databases that do not share anything", async () => {
    const [a, b] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await query(a.url, "CREATE TABLE things (id int)");
    const seen = await query(b.url, "SELECT to_regclass('things') AS found");
    await Promise.all([a.drop(), b.drop()]);
    expect(a.url).not.toBe(b.url);
    expect(seen).toEqual([{ found: null }]);
  });

  it("drops a database that is still in use, and may drop it twice", async () => {
    const database = await createTestDatabase();
    const client = new pg.Client({ connectionString: database.url });
    const ended = new Promise<Error>((resolve) => client.once("error", resolve));
    client.on("error", () => {});
    await client.connect();
    await database.drop();
    await database.drop();
    expect(await ended).toBeInstanceOf(Error);
    await expect(query(database.url, "SELECT 1")).rejects.toThrow(/does not exist/);
  });

  it.each([
    ["unset", ""],
    ["no PostgreSQL URL", "http://127.0.0.1"],
    ["a server that does not answer", "postgres://a:b@127.0.0.1:1/postgres"],
  ])("names the variable when it is %s", async (_, value) => {
    process.env.CHARTER_TEST_POSTGRES_URL = value;
    await expect(createTestDatabase()).rejects.toThrow(/CHARTER_TEST_POSTGRES_URL/);
  });
});
