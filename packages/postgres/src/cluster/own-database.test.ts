import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { openDatabase } from "../database.js";
import { ownDatabase } from "./own-database.js";

const startMs = 60_000;

/** What a statement answers in a database that is started for it alone. */
async function asked(directory: string, statement: string) {
  const own = await ownDatabase({ directory, name: "shop" });
  const db = openDatabase<unknown>({ url: own.url, applicationName: "test" });
  try {
    const { rows } = await sql.raw(statement).execute(db);
    return rows;
  } finally {
    await db.close();
    await own.stop();
  }
}

describe("ownDatabase", () => {
  it(
    "belongs to its role and keeps its data from start to start",
    async () => {
      const directory = await mkdtemp(join(tmpdir(), "own-database-"));
      try {
        await asked(directory, "CREATE TABLE kept AS SELECT current_user::text AS role");
        expect(await asked(directory, "SELECT role FROM kept")).toEqual([{ role: "shop" }]);
      } finally {
        await rm(directory, { recursive: true });
      }
    },
    startMs,
  );
});
