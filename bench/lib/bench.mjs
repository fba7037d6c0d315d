import { cpus } from "node:os";
import { resolve } from "node:path";
import { root } from "../../tools/root.mjs";
import { workloads } from "../workloads/all.mjs";
import { describeMachine, loadAverage } from "./machine.mjs";
import { report } from "./report.mjs";
import { runWorkload } from "./run-workload.mjs";
import { judge } from "./targets.mjs";

const WARM_UP_SECONDS = 2;
const QUICK_WARM_UP_SECONDS = 1;

/** Measures what the options ask for, prints it and writes it down. True when all of it was measured. */
export async function bench(options) {
  if (options.list) return list();
  const chosen = choose(options);
  const settings = {
    ...options,
    warmUpSeconds: options.quick ? QUICK_WARM_UP_SECONDS : WARM_UP_SECONDS,
    ...(options.profile && { profile: resolve(options.profile) }),
  };
  if (cpus().length < 2) throw new Error("a benchmark needs two cores: one for the server, one for the load");
  const machine = describeMachine(settings);
  const startMs = performance.now();
  const progress = (text) => {
    const seconds = Math.round((performance.now() - startMs) / 1_000);
    process.stderr.write(`${String(seconds).padStart(5)} s  ${text}\n`);
  };
  const runs = [];
  for (const workload of chosen) {
    const run = await runWorkload(workload, settings, progress);
    runs.push({ ...run, verdicts: workload.targets.map((target) => judge(target, run.results)) });
  }
  machine.push(["load average after", loadAverage()]);
  const folder = resolve(root, options.out);
  process.stdout.write(await report({ machine, runs, folder }));
  process.stderr.write(`written to ${folder}/RESULTS.md\n`);
  return runs.every((it) => !it.invalid);
}

function choose({ workloads: names, peers }) {
  const known = workloads.map((it) => it.name);
  for (const name of names ?? [])
    if (!known.includes(name)) throw new Error(`no workload ${name}; there are ${known.join(", ")}`);
  const all = new Set(workloads.flatMap((it) => it.contenders.map((one) => one.name)));
  for (const name of peers ?? [])
    if (!all.has(name)) throw new Error(`no peer ${name}; there are ${[...all].join(", ")}`);
  return workloads.filter((it) => !names || names.includes(it.name));
}

function list() {
  for (const { name, title, contenders } of workloads)
    process.stdout.write(`${name.padEnd(16)}${title}: ${contenders.map((it) => it.name).join(", ")}\n`);
  return true;
}
