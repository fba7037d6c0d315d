// Who runs where: what is measured has a core to itself, what measures it another.

import { readdir, readFile } from "node:fs/promises";

const MICROS_PER_TICK = 10_000;

export const SERVER_CORE = "0";
export const LOAD_CORE = "1";

/** The command, bound to a core. It keeps its process id. */
export const pinned = (core, [program, ...args]) => ["taskset", ["-c", core, program, ...args]];

/** User and system time of a whole process, in microseconds. */
export async function cpuMicros(pid) {
  return (await statOf(pid)).ownMicros;
}

/** That of a process and all that it has started, those that have ended included. */
export async function treeCpuMicros(root) {
  const pids = (await readdir("/proc")).filter((it) => /^\d+$/.test(it)).map(Number);
  // One may end while it is read.
  const stats = await Promise.all(pids.map((pid) => statOf(pid).catch(() => undefined)));
  const parents = new Map(stats.filter(Boolean).map((it) => [it.pid, it]));
  const isBelow = (it) => it !== undefined && (it.pid === root || isBelow(parents.get(it.parent)));
  const tree = [...parents.values()].filter(isBelow);
  return tree.reduce((sum, it) => sum + it.ownMicros + it.endedMicros, 0);
}

/** proc(5), stat: the fields behind the name, which may hold anything. */
async function statOf(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const micros = (at) => (Number(fields[at]) + Number(fields[at + 1])) * MICROS_PER_TICK;
  return { pid, parent: Number(fields[1]), ownMicros: micros(11), endedMicros: micros(13) };
}
