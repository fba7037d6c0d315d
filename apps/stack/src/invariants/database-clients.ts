import pg from "pg";
import { type PerService, perServiceAsync, serviceNames } from "../launch/services.js";

const STATEMENT_TIMEOUT_MS = 60_000;

/** A connection to the database of each service. */
export type DatabaseClients = PerService<pg.Client>;

/** Lends a connection to every database, and closes them all however the work ends. */
export async function withDatabases<T>(
  urls: PerService<string>,
  work: (clients: DatabaseClients) => Promise<T>,
): Promise<T> {
  const clients = await perServiceAsync(
    async (name) => new pg.Client({ connectionString: urls[name], statement_timeout: STATEMENT_TIMEOUT_MS }),
  );
  try {
    await Promise.all(serviceNames.map((name) => clients[name].connect()));
    return await work(clients);
  } finally {
    await Promise.all(serviceNames.map((name) => clients[name].end()));
  }
}
