import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, Deadline, sleep } from "@charter/time";
import { commandLine, signal } from "./processes.js";

/** Above every process id that a system gives out. */
const impossiblePid = 99_999_999;
const pollMs = 20;
/** How long each way to end is given before the next, harsher one. */
const patience: readonly (readonly [NodeJS.Signals, number])[] = [
  ["SIGINT", 10_000],
  ["SIGQUIT", 5_000],
  ["SIGKILL", 5_000],
];

/**
 * Clears the way where an earlier owner was killed: ends the PostgreSQL that it left running in this data folder, and disarms a lock file whose
 * process id has passed to some other process (or belongs to one that has ended but was never reaped).
 */
export async function clearLeftover(data: string, clock: Clock): Promise<void> {
  const file = join(data, "postmaster.pid");
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
  if (isPostmasterOf(pid, data)) await end(pid, data, clock);
  if (existsSync(file)) disarm(file);
}

/** The file itself stays: from it the server learns whether the shared memory of that process is still in use. */
function disarm(file: string): void {
  const [, ...rest] = readFileSync(file, "utf8").split("\n");
  writeFileSync(file, [String(impossiblePid), ...rest].join("\n"));
}

function isPostmasterOf(pid: number, data: string): boolean {
  return commandLine(pid)?.includes(` -D ${data} `) ?? false;
}

async function end(pid: number, data: string, clock: Clock): Promise<void> {
  for (const [name, patienceMs] of patience) {
    signal(pid, name);
    const deadline = Deadline.after(clock, patienceMs);
    while (!deadline.expired) {
      if (!isPostmasterOf(pid, data)) return;
      await sleep(clock, pollMs);
    }
  }
  throw new Error(`PostgreSQL process ${pid} in ${data} does not end`);
}
