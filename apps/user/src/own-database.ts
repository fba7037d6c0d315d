import { randomBytes } from "node:crypto";
import { startCluster } from "@charter/postgres";
import type { Logger } from "@charter/telemetry";

/**
 * A database for a service that was given none: an embedded PostgreSQL of its own below `directory`, kept from
 * start to start.
 */
export async function ownDatabase(
  directory: string,
  log: Logger,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const cluster = await startCluster({ directory, log: (line) => log.debug({ line }, "postgres") });
  try {
    // Set anew at each start, so it need not be kept anywhere.
    const password = randomBytes(24).toString("base64url");
    const url = await cluster.ensureDatabase("user", { role: "user", password });
    return { url, stop: () => cluster.stop() };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
