import { type Kysely, sql, type Transaction } from "kysely";
import type { Transactional } from "./database.js";
import { inTransaction } from "./in-transaction.js";

/** One step forward of a database's shape. It never changes once it has been released. */
export interface Migration {
  up(tx: Kysely<unknown>): Promise<void>;
}

/** The database holds migrations that this code does not know: an older build must not touch it. */
export class DatabaseNewerError extends Error {
  override readonly name = "DatabaseNewerError";
  /** Names that were applied and are not known here. */
  readonly unknown: readonly string[];

  constructor(unknown: readonly string[]) {
    super(
      `The database is newer than this code: it has migrations that the code does not know (${unknown.join(", ")}). ` +
        "Start a build that has them, or use another database.",
    );
    this.unknown = unknown;
  }
}

/** ASCII "charterM": one key for every database, since advisory locks are per database. */
const lockKey = 0x63686172_7465724dn;
const lockTimeoutMs = 60_000;

/**
 * Applies, in the order of their names, those migrations that the database has not seen: all of them in one transaction, so a failure leaves
 * nothing behind. Processes that start together wait for each other (up to 60 s). Returns the names applied now, none when up to date.
 *
 * Pass every migration of a database in one call, those of the packages it uses included; throws DatabaseNewerError when the
 * database has one that is missing here.
 */
export function migrate<Schema>(
  db: Transactional<Schema>,
  migrations: Readonly<Record<string, Migration>>,
): Promise<readonly string[]> {
  return inTransaction(db, async (tx) => {
    const applied = await lockAndRead(tx);
    const unknown = applied.filter((name) => !Object.hasOwn(migrations, name));
    if (unknown.length > 0) throw new DatabaseNewerError(unknown);
    const pending = Object.entries(migrations)
      .filter(([name]) => !applied.includes(name))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [name, migration] of pending) await apply(tx, name, migration);
    return pending.map(([name]) => name);
  });
}

async function lockAndRead<Schema>(tx: Transaction<Schema>): Promise<string[]> {
  await sql`SELECT set_config('lock_timeout', ${String(lockTimeoutMs)}, true),
                   set_config('statement_timeout', ${String(lockTimeoutMs * 10)}, true)`.execute(tx);
  await sql`SELECT pg_advisory_xact_lock(${lockKey})`.execute(tx);
  await sql`CREATE TABLE IF NOT EXISTS charter_migration (
    name text PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`.execute(tx);
  const { rows } = await sql<{ name: string }>`SELECT name FROM charter_migration ORDER BY name`.execute(tx);
  return rows.map(({ name }) => name);
}

async function apply<Schema>(tx: Transaction<Schema>, name: string, migration: Migration): Promise<void> {
  try {
    await migration.up(tx as unknown as Kysely<unknown>);
    await sql`INSERT INTO charter_migration (name) VALUES (${name})`.execute(tx);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Migration "${name}" failed, nothing was applied: ${reason}`, { cause });
  }
}
