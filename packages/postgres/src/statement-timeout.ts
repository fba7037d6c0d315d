import type { Deadline } from "@charter/time";
import { sql, type Transaction } from "kysely";

/**
 * Lets no later statement of this transaction run longer than what remains of the deadline now (at least 1 ms); the server ends
 * one that does, and `isStatementTimeout` tells. Call it again before a late statement to tighten the bound.
 */
export async function limitStatements<Schema>(tx: Transaction<Schema>, deadline: Deadline): Promise<void> {
  // 0 would mean "no limit" to the server.
  const timeoutMs = Math.max(1, Math.ceil(deadline.remainingMs()));
  await sql`SELECT set_config('statement_timeout', ${String(timeoutMs)}, true)`.execute(tx);
}
