import { createTestDatabase, type TestDatabase } from "@charter/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { type Database, DatabaseNewerError, type Migration, migrate, openDatabase } from "./index.js";

const statement = (text: string): Migration => ({
  async up(tx) {
    await sql.raw(text).execute(tx);
  },
});

describe("migrate", () => {
  let server: TestDatabase;
  let db: Database<unknown>;

  beforeEach(async () => {
    server = await createTestDatabase();
    db = openDatabase({ url: server.url, applicationName: "migrate" });
  });

  afterEach(async () => {
    await db.close();
    await server.drop();
  });

  const first = { "0001-shelf": statement("CREATE TABLE shelf (id int)") };
  const both = { "0002-book": statement("ALTER TABLE shelf ADD book text"), ...first };

  it("applies in the order of names, once, and only what is new", async () => {
    expect(await migrate(db, first)).toEqual(["0001-shelf"]);
    expect(await migrate(db, both)).toEqual(["0002-book"]);
    expect(await migrate(db, both)).toEqual([]);
    await expect(sql`SELECT book FROM shelf`.execute(db)).resolves.toMatchObject({ rows: [] });
  });

  it("lets ten processes start at once", async () => {
    const applied = await Promise.all(Array.from({ length: 10 }, () => migrate(db, both)));
    expect(applied.flat()).toEqual(["0001-shelf", "0002-book"]);
  });

  it("leaves nothing behind when one fails, and names it", async () => {
    const broken = { ...both, "0003-broken": statement("CREATE TABLE shelf (id int)") };
    await expect(migrate(db, broken)).rejects.toThrow(/"0003-broken".*already exists/);
    expect(await migrate(db, both)).toEqual(["0001-shelf", "0002-book"]);
  });

  it("refuses a database that is newer than the code", async () => {
    await migrate(db, both);
    const refusal = await migrate(db, first).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DatabaseNewerError);
    expect(refusal).toMatchObject({ unknown: ["0002-book"] });
  });
});
