import { execFileSync } from "node:child_process";
import { cpus, loadavg, release, totalmem } from "node:os";
import { root } from "../../tools/root.mjs";

const GIB = 2 ** 30;

/** What was measured, with what and on what, as pairs of a name and a text. */
export function describeMachine({ rounds, seconds, warmUpSeconds }) {
  const { model } = cpus()[0];
  return [
    ["commit", line("git", "-C", root, "describe", "--always", "--dirty", "--abbrev=10")],
    ["when", new Date().toISOString().slice(0, 16).replace("T", " ")],
    ["machine", `${cpus().length} cores of ${model.trim()}, ${Math.round(totalmem() / GIB)} GiB`],
    ["system", `Linux ${release()}`],
    ["Node", process.version],
    ["Go", line("go", "env", "GOVERSION")],
    ["load", `${line("h2load", "--version")}; ${line("wrk", "-v")}`],
    ["rounds", `${rounds} of ${seconds} s, each after ${warmUpSeconds} s of warm-up`],
    ["load average before", loadAverage()],
  ];
}

/** Runnable processes over the last minute and five: what else the machine did, before it begins. */
export const loadAverage = () =>
  loadavg()
    .slice(0, 2)
    .map((it) => it.toFixed(1))
    .join(", ");

/** The first line that a command prints. */
function line(command, ...args) {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).split(
      "\n",
      1,
    )[0];
  } catch (error) {
    // wrk tells its version and fails.
    return String(error.stdout ?? "").split("\n", 1)[0] || "none";
  }
}
