// A process that owns a cluster until it is killed: `cluster-owner.ts <directory>`; with "exit" after it, until it has
// printed the URL.
import { startCluster } from "@charter/postgres";

const [directory, end] = process.argv.slice(2);
if (!directory) throw new Error("usage: cluster-owner.ts <directory> [exit]");
const cluster = await startCluster({ directory });
process.stdout.write(`${cluster.dataDirectory}\n${cluster.adminUrl}\n`, () => {
  if (end === "exit") process.exit();
});
