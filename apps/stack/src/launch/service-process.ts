import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { systemClock } from "@charter/time";
import type { ServiceName } from "./services.js";

/** A service must answer `/readyz` within this time after its start. */
const READY_WITHIN_MS = 30_000;
const READY_POLL_MS = 25;
/** A service that has not ended this long after SIGTERM is killed. */
const STOP_WITHIN_MS = 15_000;
const LOG_LINES_SHOWN = 15;
/** In MiB a half. On its own the young generation grows to 128 MiB under a burst of calls, and stays so large. */
const YOUNG_GENERATION = "--max-semi-space-size=16";

export interface ServiceProcessOptions {
  name: ServiceName;
  /** Where it will listen, e.g. `http://127.0.0.1:8083`. */
  url: string;
  environment: NodeJS.ProcessEnv;
  /** Its output is added here. */
  logFile: string;
  /** Called when it ends without having been told to. */
  onUnexpectedExit: (reason: string) => void;
}

/** One running service: an operating system process of its own. */
export interface ServiceProcess {
  readonly name: ServiceName;
  readonly url: string;
  readonly pid: number;
  /** Tells it to drain and waits until it is gone. */
  stop(): Promise<void>;
}

/** Starts a service and waits until it is ready. Throws with the end of its log when it is not. */
export async function startService(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const child = launch(options);
  let stopping = false;
  const gone = once(child, "exit");
  const stop = async () => {
    stopping = true;
    await terminate(child, gone);
  };
  try {
    await ready(options, child);
  } catch (error) {
    await stop();
    throw error;
  }
  gone.then(() => {
    if (!stopping) options.onUnexpectedExit(`${howItEnded(child)}\n${endOfLog(options.logFile)}`);
  });
  return { name: options.name, url: options.url, pid: child.pid ?? 0, stop };
}

function launch(options: ServiceProcessOptions): ChildProcess {
  const program = fileURLToPath(new URL(`../../../${options.name}/dist/main.js`, import.meta.url));
  const log = openSync(options.logFile, "a");
  try {
    // A group of its own: Ctrl-C in the terminal reaches the launcher alone, which then stops the services in order. The pipe
    // tells a service that its launcher is gone, however it went.
    return spawn(process.execPath, ["--enable-source-maps", YOUNG_GENERATION, program], {
      env: { ...process.env, ...options.environment, CHARTER_STOP_WITH_STDIN: "1" },
      stdio: ["pipe", log, log],
      detached: true,
    });
  } finally {
    closeSync(log);
  }
}

async function ready(options: ServiceProcessOptions, child: ChildProcess): Promise<void> {
  const giveUpAtMs = systemClock.monotonicMs() + READY_WITHIN_MS;
  while (!(await isReady(options.url))) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`${options.name} did not start: ${howItEnded(child)}\n${endOfLog(options.logFile)}`);
    }
    if (systemClock.monotonicMs() > giveUpAtMs) {
      throw new Error(
        `${options.name} was not ready within ${READY_WITHIN_MS / 1000} s\n${endOfLog(options.logFile)}`,
      );
    }
    await pause(READY_POLL_MS);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/readyz`);
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    // Not listening yet.
    return false;
  }
}

async function terminate(child: ChildProcess, gone: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const killer = systemClock.setTimer(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
  await gone;
  killer.clear();
}

const howItEnded = (child: ChildProcess) =>
  child.signalCode ? `ended by ${child.signalCode}` : `exit code ${child.exitCode}`;

function endOfLog(file: string): string {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n").slice(-LOG_LINES_SHOWN);
  return `the end of ${file}:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}
