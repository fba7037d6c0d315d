import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** What tells a process from a later one with the same id. Undefined when it has ended, a zombie included. */
export function processIdentity(pid: number): string | undefined {
  if (process.platform !== "linux") return ps(pid, "lstart");
  const stat = readProc(pid, "stat");
  if (stat === undefined) return undefined;
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const startTime = fields[18];
  return state === "Z" || state === "X" ? undefined : startTime;
}

/** The command line, or undefined when the process has ended. */
export function commandLine(pid: number): string | undefined {
  if (process.platform !== "linux") return ps(pid, "command");
  return readProc(pid, "cmdline")?.replaceAll("\0", " ").trim() || undefined;
}

/** Sends a signal; false when the process has ended already. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}

function ps(pid: number, column: "lstart" | "command"): string | undefined {
  try {
    const output = execFileSync("ps", ["-o", `${column}=`, "-p", String(pid)], { encoding: "utf8" });
    return output.trim() || undefined;
  } catch {
    // `ps` says by its exit code that there is no such process.
    return undefined;
  }
}
