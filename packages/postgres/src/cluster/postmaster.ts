import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Clock } from "@charter/time";
import type { SystemUser } from "./system-user.js";

export interface LaunchOptions {
  readonly program: string;
  readonly data: string;
  readonly port: number;
  readonly maxConnections: number;
  readonly user: SystemUser | undefined;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** PostgreSQL ended, or did not get ready in time, while it was being started. */
export class StartFailedError extends Error {
  override readonly name = "StartFailedError";
  /** Its last lines. */
  readonly output: string;

  constructor(reason: string, output: string) {
    super(`PostgreSQL did not start: ${reason}\n${output}`);
    this.output = output;
  }
}

/** Recovery after a crash takes part in it. */
const startTimeoutMs = 60_000;
const keptLines = 30;
const readyLine = /database system is ready to accept connections/;

/** A running PostgreSQL server. */
export class Postmaster {
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<void>;

  private constructor(child: ChildProcess, clock: Clock) {
    this.#child = child;
    this.#clock = clock;
    this.exited = new Promise((resolve) => {
      child.once("exit", () => resolve());
      child.once("error", () => resolve());
    });
  }

  /** Starts a server and resolves once it accepts connections. Throws StartFailedError. */
  static async launch(options: LaunchOptions): Promise<Postmaster> {
    const child = spawn(options.program, commandArguments(options), {
      // A session of its own: Ctrl-C in a terminal reaches its owner only, who ends it after its clients.
      detached: true,
      cwd: options.data,
      env: { PATH: process.env.PATH },
      stdio: ["ignore", "ignore", "pipe"],
      ...(options.user && { uid: options.user.uid, gid: options.user.gid }),
    });
    const postmaster = new Postmaster(child, options.clock);
    await postmaster.#ready(options.log);
    return postmaster;
  }

  /** Begins a fast shutdown: open transactions are rolled back and everything is written. Returns at once. */
  requestStop(): void {
    this.#child.kill("SIGINT");
  }

  /** Fast shutdown; after `timeoutMs` an immediate one, after 5 s more SIGKILL (both are recovered from at the next start). */
  async stop(timeoutMs: number): Promise<void> {
    const harsher = [
      this.#clock.setTimer(() => this.#child.kill("SIGQUIT"), timeoutMs),
      this.#clock.setTimer(() => this.#child.kill("SIGKILL"), timeoutMs + 5_000),
    ];
    this.requestStop();
    await this.exited;
    for (const timer of harsher) timer.clear();
  }

  async #ready(log: (line: string) => void): Promise<void> {
    const { stderr } = this.#child;
    if (!stderr) throw new StartFailedError("it has no output", "");
    const last: string[] = [];
    this.#child.once("error", (error) => last.push(error.message));
    const lines = createInterface({ input: stderr });
    const ready = new Promise<"ready">((resolve) => {
      lines.on("line", (line) => {
        last.push(line);
        if (last.length > keptLines) last.shift();
        if (readyLine.test(line)) resolve("ready");
        log(line);
      });
    });
    // The lines are complete only when the output has closed, which is after the exit.
    const ended = once(lines, "close").then(() => "ended" as const);
    const outcome = await this.#within(startTimeoutMs, Promise.race([ready, ended]));
    if (outcome === "ready") return;
    this.#child.kill("SIGKILL");
    throw new StartFailedError(outcome === "ended" ? "it ended" : "it took too long", last.join("\n"));
  }

  async #within<T>(ms: number, promise: Promise<T>): Promise<T | "late"> {
    const { promise: late, resolve } = Promise.withResolvers<"late">();
    const timer = this.#clock.setTimer(() => resolve("late"), ms);
    try {
      return await Promise.race([promise, late]);
    } finally {
      timer.clear();
    }
  }
}

function commandArguments({ data, port, maxConnections }: LaunchOptions): string[] {
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: maxConnections,
    fsync: "on",
    // Its files lie on a solid-state disk and in memory: by the server's own default (4) it reads whole tables where an index is at hand.
    random_page_cost: 1.1,
    timezone: "UTC",
  };
  return [
    ...["-D", data, "-p", String(port)],
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
}
