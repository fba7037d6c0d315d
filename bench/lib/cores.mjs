// Who runs where: what is measured has a core to itself, what measures it another.

import { readFile } from "node:fs/promises";

const TICKS_PER_SECOND = 100;

export const SERVER_CORE = "0";
export const LOAD_CORE = "1";

/** The command, bound to a core. It keeps its process id. */
export const pinned = (core, [program, ...args]) => ["taskset", ["-c", core, program, ...args]];

/** User and system time of a whole process, in microseconds. proc(5), stat. */
export async function cpuMicros(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1_000_000;
}
