import { randomBytes } from "node:crypto";
import pg from "pg";

/** An empty database of its own for one test file. */
export interface TestDatabase {
  /** Connection URL, with the rights of the server's administrator. */
  readonly url: string;
  /** Removes the database, ending every connection to it. Dropping twice is a no-op. */
  drop(): Promise<void>;
}

const variable = "CHARTER_TEST_POSTGRES_URL";
/** A busy machine takes long to start a connection. */
const connectTimeoutMs = 60_000;

/**
 * Creates an empty database with a unique name on the PostgreSQL server that CHARTER_TEST_POSTGRES_URL names.
 * Throws an error that names the variable when it is unset, malformed, or its server does not answer.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = serverUrl();
  const name = `test_${process.pid}_${Date.now().toString(36)}_${randomBytes(4).toString("hex")}`;
  // template0 has no connections of its own, so any number of test files can copy it at once.
  await administer(server, `CREATE DATABASE ${name} TEMPLATE template0`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

function serverUrl(): URL {
  const value = process.env[variable];
  if (!value) {
    throw new Error(
      `${variable} is not set. Run the tests through jest's global setup, or set it to a server's URL.`,
    );
  }
  const url = URL.parse(value);
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new Error(
      `${variable} is not a PostgreSQL URL such as postgres://user:password@127.0.0.1:5432/postgres`,
    );
  }
  return url;
}

async function administer(server: URL, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.href, connectionTimeoutMillis: connectTimeoutMs });
  client.on("error", () => {
    // Every failure also rejects the call that it hits; without a listener it would end the process as well.
  });
  try {
    await client.connect();
  } catch (cause) {
    throw new Error(`The server that ${variable} names (${server.host}) does not answer`, { cause });
  }
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
