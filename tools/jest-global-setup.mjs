// One real PostgreSQL for the whole test run, in a temporary folder. `createTestDatabase()` of @charter/testing finds it by
// CHARTER_TEST_POSTGRES_URL; where that is set already, the server it names is used instead.
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export default async function globalSetup() {
  if (process.env.CHARTER_TEST_POSTGRES_URL) return;
  // Imported here, so that a run against a given server needs nothing built.
  const { startCluster } = await import("../packages/postgres/dist/index.js");
  const directory = mkdtempSync(join(tmpdir(), "charter-test-postgres-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  const cluster = await startCluster({ directory, maxConnections: 400 }).catch((error) => {
    remove();
    throw error;
  });
  hurry(cluster.dataDirectory);
  process.env.CHARTER_TEST_POSTGRES_URL = cluster.adminUrl;
  globalThis.stopTestCluster = async () => {
    await cluster.stop();
    remove();
  };
}

/** Its data is thrown away after the run, so that nothing waits for a disk. What a crash leaves is tested on clusters that keep to it. */
function hurry(dataDirectory) {
  const settings = ["fsync", "synchronous_commit", "full_page_writes"].map((name) => `${name} = off\n`);
  appendFileSync(join(dataDirectory, "postgresql.auto.conf"), settings.join(""));
  const [postmaster] = readFileSync(join(dataDirectory, "postmaster.pid"), "utf8").split("\n");
  // It reads its settings anew.
  process.kill(Number(postmaster), "SIGHUP");
}
