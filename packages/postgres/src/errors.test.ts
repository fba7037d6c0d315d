import { createTestDatabase, type TestDatabase } from "@charter/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import {
  type Database,
  isCheckViolation,
  isForeignKeyViolation,
  isUniqueViolation,
  openDatabase,
} from "./index.js";

describe("error predicates", () => {
  let server: TestDatabase;
  let db: Database<unknown>;

  beforeAll(async () => {
    server = await createTestDatabase();
    db = openDatabase({ url: server.url, applicationName: "errors" });
    await sql`CREATE TABLE shelf (id int CONSTRAINT shelf_id PRIMARY KEY)`.execute(db);
    await sql`CREATE TABLE book (shelf int CONSTRAINT on_shelf REFERENCES shelf, pages int CONSTRAINT has_pages CHECK (pages > 0))`.execute(
      db,
    );
    await sql`INSERT INTO shelf VALUES (1)`.execute(db);
  });

  afterAll(async () => {
    await db.close();
    await server.drop();
  });

  it.each([
    ["INSERT INTO shelf VALUES (1)", isUniqueViolation, "shelf_id"],
    ["INSERT INTO book VALUES (2, 1)", isForeignKeyViolation, "on_shelf"],
    ["INSERT INTO book VALUES (1, 0)", isCheckViolation, "has_pages"],
  ] as const)("%s", async (text, violation, constraint) => {
    const error = await sql
      .raw(text)
      .execute(db)
      .catch((caught: unknown) => caught);
    const predicates = [isUniqueViolation, isForeignKeyViolation, isCheckViolation];
    expect(predicates.filter((predicate) => predicate(error))).toEqual([violation]);
    expect([violation(error, constraint), violation(error, "other")]).toEqual([true, false]);
  });

  it.each([undefined, null, "23505", new Error("23505"), { code: 23505 }])(
    "takes %p for no violation",
    (other) => {
      expect(isUniqueViolation(other)).toBe(false);
    },
  );
});
