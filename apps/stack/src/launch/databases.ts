import { type Cluster, startCluster } from "@charter/postgres";
import type { Secrets } from "./secrets.js";
import { type PerService, perServiceAsync } from "./services.js";
import type { Settings } from "./settings.js";

/** Where each service finds its database, and what to stop at the end. */
export interface Databases {
  urls: PerService<string>;
  stop(): Promise<void>;
}

/**
 * Uses the servers that the settings name, and one embedded PostgreSQL for all others: a database and a role for each service, so
 * that none can read another's tables.
 */
export async function openDatabases(
  settings: Settings,
  secrets: Secrets,
  directory: string,
): Promise<Databases> {
  const needsCluster = Object.values(settings.databaseUrls).some((url) => url === undefined);
  const cluster = needsCluster ? await startCluster({ directory }) : undefined;
  try {
    const urls = await perServiceAsync(
      async (name) =>
        settings.databaseUrls[name] ?? (await ownDatabase(cluster, name, secrets.databasePasswords[name])),
    );
    return { urls, stop: async () => cluster?.stop() };
  } catch (error) {
    await cluster?.stop();
    throw error;
  }
}

async function ownDatabase(cluster: Cluster | undefined, name: string, password: string): Promise<string> {
  if (!cluster) throw new Error(`no database server for ${name}`);
  return cluster.ensureDatabase(`shop_${name}`, { role: `shop_${name}`, password });
}
