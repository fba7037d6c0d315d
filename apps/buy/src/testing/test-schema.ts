import { type Database, migrate, openDatabase } from "@charter/postgres";
import { createTestDatabase } from "@charter/testing";
import { migrations } from "../migrations/index.js";

/** A migrated database of one test file, over several connections so that races are real. */
export interface TestSchema {
  readonly db: Database<unknown>;
  readonly url: string;
  close(): Promise<void>;
}

/** Creates it; `close` removes it again. */
export async function openTestSchema(): Promise<TestSchema> {
  const { url, drop } = await createTestDatabase();
  const db = openDatabase<unknown>({
    url,
    applicationName: "buy-test",
    maxConnections: 20,
    // In a race of hundreds somebody is the last to get a connection, late on a busy machine.
    connectTimeoutMs: 60_000,
  });
  await migrate(db, migrations);
  return {
    db,
    url,
    close: async () => {
      await db.close();
      await drop();
    },
  };
}
