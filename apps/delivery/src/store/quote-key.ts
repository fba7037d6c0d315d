import type { Executor } from "@charter/postgres";
import { sql } from "kysely";

/** The key under which quotes are sealed: `fresh` where the database has none yet, else the one that a process stored first. */
export async function quoteKey(db: Executor, fresh: Uint8Array): Promise<Uint8Array> {
  await sql`INSERT INTO quote_key (secret) VALUES (${fresh}) ON CONFLICT DO NOTHING`.execute(db);
  const { rows } = await sql<{ secret: Uint8Array }>`SELECT secret FROM quote_key`.execute(db);
  if (!rows[0]) throw new Error("The database has no key to seal quotes with");
  return rows[0].secret;
}
