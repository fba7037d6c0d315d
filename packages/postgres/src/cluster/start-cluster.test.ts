import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Cluster, ClusterInUseError, ClusterPortTakenError, startCluster } from "@charter/postgres";
import { spawnSource } from "@charter/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import pg from "pg";

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const working = "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT sum%'";

/** Asks again and again until it holds; the test's own timeout bounds it. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}

function postmasterPid({ dataDirectory }: Pick<Cluster, "dataDirectory">): number {
  return Number(readFileSync(join(dataDirectory, "postmaster.pid"), "utf8").split("\n")[0]);
}

/** Whether the process runs; one that has ended but was not reaped does not. */
function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

describe("startCluster", () => {
  let folder: string;
  let directory: string;
  const running = new Set<Cluster>();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "charter-cluster-"));
    chmodSync(folder, 0o711);
    directory = join(folder, "postgres");
  });

  afterEach(async () => {
    await Promise.all([...running].map((cluster) => cluster.stop()));
    running.clear();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(options: Partial<Parameters<typeof startCluster>[0]> = {}): Promise<Cluster> {
    const cluster = await startCluster({ directory, ...options });
    running.add(cluster);
    return cluster;
  }

  const ownerProcess = (...args: string[]) =>
    spawnSource(new URL("../testing/cluster-owner.ts", import.meta.url), { args: [directory, ...args] });

  it("runs a durable server on 127.0.0.1 only, behind a password", async () => {
    const cluster = await start({ maxConnections: 17 });
    const settings = await query(
      cluster.adminUrl,
      `SELECT name, setting FROM pg_settings WHERE name IN
        ('fsync', 'listen_addresses', 'unix_socket_directories', 'max_connections', 'server_encoding', 'TimeZone')`,
    );
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      fsync: "on",
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      max_connections: "17",
      server_encoding: "UTF8",
      TimeZone: "UTC",
    });
    const stranger = cluster.adminUrl.replace(/:[0-9a-f]+@/, ":wrong@");
    await expect(query(stranger, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    expect(statSync(join(directory, "admin-password")).mode & 0o777).toBe(0o600);
    expect(statSync(cluster.dataDirectory).mode & 0o077).toBe(0);
  });

  it("gives each database to one role that cannot connect to the others", async () => {
    const cluster = await start();
    const ensure = (name: string, password = "geheim:/?#@") =>
      cluster.ensureDatabase(name, { role: name, password });
    const [buy, user] = await Promise.all([ensure("buy"), ensure("user"), ensure("buy"), ensure("user")]);
    await query(buy, "CREATE TABLE orders (id int)");
    expect(await ensure("buy")).toBe(buy);
    expect(await query(buy, "SELECT count(*)::int AS n FROM orders")).toEqual([{ n: 0 }]);
    for (const foreign of ["user", "postgres", "template1"]) {
      const url = new URL(buy);
      url.pathname = `/${foreign}`;
      await expect(query(url.href, "SELECT 1")).rejects.toMatchObject({ code: "42501" });
    }
    const moved = await ensure("user", "another");
    await expect(query(user, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    expect(await query(moved, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await expect(ensure('x"; DROP')).rejects.toThrow(RangeError);
  });

  it("reuses data, password and place at the next start, and leaves no process behind", async () => {
    const first = await start();
    await query(first.adminUrl, "CREATE TABLE kept AS SELECT 42 AS value");
    const pid = postmasterPid(first);
    await first.stop();
    await first.stop();
    expect(isRunning(pid)).toBe(false);
    const second = await start({ port: first.port });
    expect(second.adminUrl).toBe(first.adminUrl);
    expect(await query(second.adminUrl, "SELECT value FROM kept")).toEqual([{ value: 42 }]);
  });

  it("starts PostgreSQL again when it is killed, with everything that was committed", async () => {
    const up = Promise.withResolvers<void>();
    let starts = 0;
    const cluster = await start({
      log: (line) => {
        if (/ready to accept connections/.test(line) && ++starts === 2) up.resolve();
      },
    });
    await query(cluster.adminUrl, "CREATE TABLE kept AS SELECT 42 AS value");
    // Its process works on for a while without looking up, and the memory that it holds must not hinder the next start.
    const busy = query(cluster.adminUrl, "SELECT sum(i) FROM generate_series(1, 5000000) AS i").catch(
      () => undefined,
    );
    await eventually(async () => (await query(cluster.adminUrl, working)).length === 1);
    process.kill(postmasterPid(cluster), "SIGKILL");
    await Promise.all([up.promise, busy]);
    expect(await query(cluster.adminUrl, "SELECT value FROM kept")).toEqual([{ value: 42 }]);
  });

  it("takes over after its owner was killed, and ends the server that was left running", async () => {
    const owner = ownerProcess();
    const url = await owner.line(/^postgres:/);
    await query(url, "CREATE TABLE kept AS SELECT 42 AS value");
    const refusal = await startCluster({ directory }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ClusterInUseError);
    expect(refusal).toMatchObject({ pid: owner.pid });
    await owner.kill();
    const [leftover] = await query(url, "SELECT value FROM kept");
    expect(leftover).toEqual({ value: 42 });
    const cluster = await start();
    expect(await query(cluster.adminUrl, "SELECT value FROM kept")).toEqual([{ value: 42 }]);
    await expect(query(url, "SELECT 1")).rejects.toThrow();
  });

  it("recovers after its owner and PostgreSQL were killed together", async () => {
    const owner = ownerProcess();
    const data = await owner.line(/data$/);
    const url = await owner.line(/^postgres:/);
    await query(url, "CREATE TABLE kept AS SELECT 42 AS value");
    process.kill(owner.pid, "SIGSTOP");
    process.kill(postmasterPid({ dataDirectory: data }), "SIGKILL");
    await owner.kill();
    const cluster = await start();
    expect(await query(cluster.adminUrl, "SELECT value FROM kept")).toEqual([{ value: 42 }]);
  });

  it("leaves the signals to its owner", async () => {
    const before = process.listenerCount("SIGINT") + process.listenerCount("SIGTERM");
    await start();
    expect(process.listenerCount("SIGINT") + process.listenerCount("SIGTERM")).toBe(before);
  });

  it("shuts down when its owner exits without stopping it", async () => {
    const owner = ownerProcess("exit");
    const data = await owner.line(/data$/);
    await owner.line(/^postgres:/);
    const lock = join(data, "postmaster.pid");
    // The server removes its lock file as the last step of an orderly shutdown.
    await eventually(async () => !existsSync(lock));
    expect(readFileSync(join(data, "PG_VERSION"), "utf8").trim()).toBe("18");
  });

  it("is not misled by a lock file whose process id belongs to someone else now", async () => {
    const first = await start();
    const lock = readFileSync(join(first.dataDirectory, "postmaster.pid"), "utf8");
    await first.stop();
    writeFileSync(join(first.dataDirectory, "postmaster.pid"), lock.replace(/^\d+/, String(process.pid)));
    const second = await start();
    expect(await query(second.adminUrl, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("begins again where an initialisation was cut short", async () => {
    mkdirSync(join(directory, "data.unfinished"), { recursive: true });
    writeFileSync(join(directory, "data.unfinished", "PG_VERSION"), "18");
    writeFileSync(join(directory, "owner"), "");
    const cluster = await start();
    expect(await query(cluster.adminUrl, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("refuses a second owner of the same directory", async () => {
    await start();
    await expect(startCluster({ directory })).rejects.toBeInstanceOf(ClusterInUseError);
  });

  it("names the port that is taken, and leaves the directory free", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { port: number };
    const refusal = await startCluster({ directory, port }).catch((error: unknown) => error);
    await new Promise((resolve) => other.close(resolve));
    expect(refusal).toBeInstanceOf(ClusterPortTakenError);
    expect(refusal).toMatchObject({ port });
    expect((await start({ port })).port).toBe(port);
  });

  it("works below a folder that nobody else may enter", async () => {
    const closed = join(folder, "closed");
    mkdirSync(closed, { mode: 0o700 });
    directory = join(closed, "postgres");
    const first = await start();
    await query(first.adminUrl, "CREATE TABLE kept AS SELECT 42 AS value");
    await first.stop();
    const home = dirname(realpathSync(join(directory, "data")));
    const second = await start();
    expect(await query(second.adminUrl, "SELECT value FROM kept")).toEqual([{ value: 42 }]);
    await second.stop();
    rmSync(directory, { recursive: true });
    const third = await start();
    await expect(query(third.adminUrl, "SELECT value FROM kept")).rejects.toThrow(/does not exist/);
    await third.stop();
    rmSync(home, { recursive: true, force: true });
    expect(existsSync(join(directory, "data"))).toBe(false);
  });
});
