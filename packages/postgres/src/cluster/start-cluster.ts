import { type Clock, sleep, systemClock } from "@charter/time";
import { locateBinaries } from "./binaries.js";
import { ensureDatabase, type RoleOptions } from "./ensure-database.js";
import { freePort } from "./free-port.js";
import { initData } from "./init-data.js";
import { clearLeftover } from "./leftover.js";
import { takeOwnership } from "./owner-mark.js";
import { settlePlace } from "./place.js";
import { type LaunchOptions, Postmaster, StartFailedError } from "./postmaster.js";
import { Supervisor } from "./supervisor.js";
import { unprivilegedUser } from "./system-user.js";

export interface ClusterOptions {
  /** Where the data lives; made when missing, reused when not. One living process at a time may own it. */
  readonly directory: string;
  /** Port on 127.0.0.1. Default 0: a free one, another at each start. */
  readonly port?: number;
  /** Default 200. */
  readonly maxConnections?: number;
  /** Gets every line of PostgreSQL's log. Default: none. */
  readonly log?: (line: string) => void;
  /** Told once when PostgreSQL keeps dying and is given up. Default: goes to `log`. */
  readonly onFailure?: (error: Error) => void;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** A PostgreSQL server that this process owns. */
export interface Cluster {
  /** The URL of database "postgres" for the administrator. It holds a password. */
  readonly adminUrl: string;
  readonly port: number;
  /** PostgreSQL's data folder. */
  readonly dataDirectory: string;
  /** Makes a database and the role that owns it, idempotently; returns its URL for that role. */
  ensureDatabase(name: string, options: RoleOptions): Promise<string>;
  /** Fast shutdown, an immediate one after `timeoutMs` (default 10,000). Stopping twice is a no-op. */
  stop(timeoutMs?: number): Promise<void>;
}

/** The port that was asked for belongs to another process. */
export class ClusterPortTakenError extends Error {
  override readonly name = "ClusterPortTakenError";
  readonly port: number;

  constructor(port: number, cause: unknown) {
    super(`Port ${port} on 127.0.0.1 is taken; PostgreSQL needs another one`, { cause });
    this.port = port;
  }
}

const maxLaunches = 10;
const relaunchMs = 500;
const holdMs = 60_000;

/**
 * Starts PostgreSQL from the binaries that npm brought, on 127.0.0.1 with a password, fsync on, and resolves once it answers. The first
 * start initialises `directory`; later ones reuse it in a fraction of a second, also after this process or PostgreSQL was killed: a server that
 * a killed owner left running is shut down first. Should PostgreSQL die while it is owned, it is started again, a bounded number of times.
 * It installs no signal handlers; when the owner exits without `stop`, PostgreSQL is told to shut down.
 *
 * As root it runs under the account "postgres" or "nobody" (see `settlePlace` for where its data lies then).
 * Throws ClusterInUseError, ClusterPortTakenError, StartFailedError.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const clock = options.clock ?? systemClock;
  const user = unprivilegedUser();
  const binaries = locateBinaries(user);
  const place = settlePlace(options.directory, user);
  const release = takeOwnership(place.directory);
  // The clock's timers do not keep a process alive, yet a start that waits must not end it.
  const hold = setInterval(() => undefined, holdMs);
  try {
    const password = await initData(place, binaries, user);
    await clearLeftover(place.data, clock);
    const launch: Omit<LaunchOptions, "port"> = {
      program: binaries.postgres,
      data: place.data,
      maxConnections: options.maxConnections ?? 200,
      user,
      clock,
      log: options.log ?? (() => undefined),
    };
    const { postmaster, port } = await launchOnPort(launch, options.port ?? 0);
    const relaunch = async () => (await launchOnPort(launch, port)).postmaster;
    const supervisor = new Supervisor(postmaster, relaunch, {
      clock,
      log: launch.log,
      ...(options.onFailure && { onFailure: options.onFailure }),
    });
    const adminUrl = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
    return {
      adminUrl,
      port,
      dataDirectory: place.data,
      ensureDatabase: (name, role) => ensureDatabase(adminUrl, name, role),
      stop: (timeoutMs = 10_000) => supervisor.stop(timeoutMs).finally(release),
    };
  } catch (error) {
    release();
    throw error;
  } finally {
    clearInterval(hold);
  }
}

async function launchOnPort(
  launch: Omit<LaunchOptions, "port">,
  wanted: number,
): Promise<{ postmaster: Postmaster; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted || (await freePort());
    try {
      return { postmaster: await Postmaster.launch({ ...launch, port }), port };
    } catch (error) {
      if (!(error instanceof StartFailedError)) throw error;
      const taken = /Address already in use/.test(error.output);
      if (taken && wanted) throw new ClusterPortTakenError(port, error);
      // The last processes of a server that was killed hold its memory for a moment longer.
      const closing = /shared memory block .* is still in use/.test(error.output);
      if (attempt === maxLaunches || !(taken || closing)) throw error;
    }
    await sleep(launch.clock, relaunchMs);
  }
}
