import { startCluster } from "@charter/postgres";
import type { Logger } from "@charter/telemetry";

/** A PostgreSQL that only this process uses. */
export interface OwnPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the embedded PostgreSQL for a service that runs alone; its data stays in `directory`. */
export async function startOwnPostgres(directory: string, log: Logger): Promise<OwnPostgres> {
  const cluster = await startCluster({ directory, log: (line) => log.debug({ line }, "postgres") });
  // The administrator's rights are fine here: nobody else is on this server.
  return { url: cluster.adminUrl, stop: () => cluster.stop() };
}
