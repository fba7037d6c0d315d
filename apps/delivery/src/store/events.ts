import type { Executor } from "@charter/postgres";
import { sql } from "kysely";

/** The newest position of a stream; 0n while it has no event. */
export async function newestPosition(db: Executor, stream: string): Promise<bigint> {
  const { rows } = await sql<{ position: bigint | null }>`
    SELECT max(position) AS position FROM charter_event WHERE stream = ${stream}`.execute(db);
  return rows[0]?.position ?? 0n;
}
