import { randomBytes } from "node:crypto";
import { startCluster } from "./start-cluster.js";

export interface OwnDatabaseOptions {
  /** Where the data stay from start to start. */
  readonly directory: string;
  /** Of the database and of the role that owns it. */
  readonly name: string;
  /** Takes the cluster's own output, one line at a time. Default: it is dropped. */
  readonly log?: (line: string) => void;
}

/** A database that only this process uses. */
export interface OwnDatabase {
  readonly url: string;
  /** Stops the cluster that it lives in. */
  stop(): Promise<void>;
}

/** A database for a program that was given none: an embedded PostgreSQL of its own. Throws what `startCluster` throws. */
export async function ownDatabase({ directory, name, log }: OwnDatabaseOptions): Promise<OwnDatabase> {
  const cluster = await startCluster({ directory, ...(log && { log }) });
  try {
    // Set anew at each start, so it need not be kept anywhere.
    const password = randomBytes(24).toString("base64url");
    const url = await cluster.ensureDatabase(name, { role: name, password });
    return { url, stop: () => cluster.stop() };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
