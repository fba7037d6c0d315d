import { type Clock, systemClock } from "@charter/time";
import { Kysely, PostgresDialect, type QueryExecutorProvider, type TransactionBuilder } from "kysely";
import pg from "pg";
import { boundedPool } from "./bounds/bounded-pool.js";
import { ownBounds, type WorkBounds } from "./bounds/work-bounds.js";
import { columnTypes } from "./column-types.js";
import { type ObserveStatement, tellStatements } from "./ended-statement.js";

export interface DatabaseOptions {
  /** postgres://user:password@host:port/database */
  readonly url: string;
  /** What the server shows in pg_stat_activity: the service's name. */
  readonly applicationName: string;
  /** Bound on open connections. Default 10. */
  readonly maxConnections?: number;
  /** How long a caller waits for a free or new connection before it fails. Default 5,000 ms. */
  readonly connectTimeoutMs?: number;
  /** The server ends any statement that runs longer. Default 30,000 ms. */
  readonly statementTimeoutMs?: number;
  /** The server ends a connection whose transaction stands idle for longer. Default 60,000 ms. */
  readonly idleInTransactionTimeoutMs?: number;
  /** Told when a connection dies while no query is running on it. A query that is running rejects instead. */
  readonly onConnectionLost?: (error: Error) => void;
  /** Told of every statement that has ended, in the asynchronous context of whoever ran it. Default: nobody. */
  readonly onStatement?: ObserveStatement;
  /**
   * What bounds the work that is asking: where its deadline has passed or its signal has aborted, no statement starts and a
   * WorkOverError is thrown; what remains of the deadline, within 50 ms, is the statement's timeout; and when the signal aborts, the statement
   * that is running is cancelled. Only ROLLBACK is always let through. Default: nothing, but for what `inTransaction` is given.
   */
  readonly boundsOf?: () => WorkBounds | undefined;
  /** Measures how long a cancel may take. Default: the machine's. */
  readonly clock?: Clock;
}

/** A Kysely over a pool of connections, which its owner closes. */
export interface Database<Schema> extends Kysely<Schema> {
  /** Waits for running queries and closes every connection. Closing twice is a no-op. */
  close(): Promise<void>;
}

/** What can run a single statement: a Database, a Kysely or a Transaction of any schema. */
export type Executor = QueryExecutorProvider;

/** What can begin a transaction: a Database or a Kysely. Narrow, so that TypeScript can infer the schema from either. */
export interface Transactional<Schema> {
  transaction(): TransactionBuilder<Schema>;
}

const idleTimeoutMs = 30_000;
const defaultStatementTimeoutMs = 30_000;

/**
 * Opens a pool. Connections are made on first use, so a server that is down shows at the first query.
 *
 * Column values: int8 is a bigint, numeric and date stay text, timestamptz is a Date, bytea is a Buffer.
 */
export function openDatabase<Schema>(options: DatabaseOptions): Database<Schema> {
  const pool = createPool(options);
  const kysely = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: bounded(pool, options) }),
    ...(options.onStatement && { log: tellStatements(options.onStatement) }),
  });
  pools.set(kysely, pool);
  let closing: Promise<void> | undefined;
  return Object.assign(kysely, {
    close: () => {
      // Kysely ends the pool only if it was ever used.
      closing ??= kysely.destroy().then(() => (pool.ended ? undefined : pool.end()));
      return closing;
    },
  });
}

const pools = new WeakMap<object, pg.Pool>();

/** What tells two databases apart. */
export function poolOf<Schema>(db: Database<Schema>): object {
  const pool = pools.get(db);
  if (!pool) throw new TypeError("this database was not opened by openDatabase");
  return pool;
}

function bounded(pool: pg.Pool, options: DatabaseOptions) {
  const { boundsOf, statementTimeoutMs = defaultStatementTimeoutMs, clock = systemClock } = options;
  const given = () => {
    const bounds = boundsOf?.();
    return bounds ? [...ownBounds(), bounds] : ownBounds();
  };
  return boundedPool(pool, { boundsOf: given, statementTimeoutMs, clock });
}

function createPool(options: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    idleTimeoutMillis: idleTimeoutMs,
    statement_timeout: options.statementTimeoutMs ?? defaultStatementTimeoutMs,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 60_000,
    keepAlive: true,
    types: columnTypes,
  });
  const lost = options.onConnectionLost ?? (() => undefined);
  // A dead connection emits "error": on the pool while it is idle, on the client while a transaction holds it between two
  // queries. Without a listener on both, either would end the process.
  pool.on("error", lost);
  pool.on("connect", (client) => client.on("error", lost));
  return pool;
}
