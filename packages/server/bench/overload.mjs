// How a server with 1 ms of work a call holds out under 2, 5 and 10 times its capacity. Takes about 25 s.
//
//   pnpm turbo run build --filter=@charter/server... && node packages/server/bench/overload.mjs [charter|node]
//
// The argument says what speaks HTTP/2. Other work on the machine spoils the tail: `chrt -r 1` before the command keeps it off, as root, but
// Linux then stops a process that is never idle for 50 ms of each second, which is what p99 shows under overload.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { closedLoop, openLoop, openTarget } from "./open-loop.mjs";

const FACTORS = [2, 5, 10];
const PHASE_MS = 5_000;
/** What comes first in a phase is not steady and stands apart. */
const RAMP_MS = 1_000;
const SLICE_MS = 100;

const SEED = 20_241_123;

const random = createRandom(SEED);
const { port, stop } = await startServer();
const target = await openTarget(port);
try {
  await closedLoop(target, 16, 2_000);
  const peak = rate(await closedLoop(target, 16, 3_000), 3_000);
  const calm = await openLoop(target, peak * 0.3, 3_000, random);
  const calmP99 = quantile(tookOf(calm), 0.99);
  print(`${cpus()[0].model}, Node ${process.version}`);
  print(
    `peak (closed loop) ${peak.toFixed(0)}/s; unloaded p50 ${quantile(tookOf(calm), 0.5).toFixed(1)} ms, p99 ${calmP99.toFixed(1)} ms`,
  );
  print(
    "load   goodput/peak   admitted p50   p99   p99/unloaded   critical ok   default ok   sheddable ok   failed",
  );
  for (const factor of FACTORS)
    report(factor, peak, calmP99, await openLoop(target, peak * factor, PHASE_MS, random));
  const after = await openLoop(target, peak * 0.5, PHASE_MS, random);
  print(`recovery at half load after that: ${recoveryMs(after, calmP99)} ms`);
} finally {
  target.close();
  await stop();
}

function report(factor, peak, calmP99, calls) {
  const steady = calls.filter((it) => it.atMs >= RAMP_MS);
  const took = tookOf(steady);
  const p99 = quantile(took, 0.99);
  const share = (criticality) => {
    const own = steady.filter((it) => it.criticality === criticality);
    return `${((100 * own.filter((it) => it.outcome === "ok").length) / own.length).toFixed(1)} %`;
  };
  const cells = [
    `${factor} x`.padEnd(6),
    (rate(steady, PHASE_MS - RAMP_MS) / peak).toFixed(2).padStart(12),
    quantile(took, 0.5).toFixed(1).padStart(14),
    p99.toFixed(1).padStart(6),
    (p99 / calmP99).toFixed(1).padStart(13),
    share("critical").padStart(13),
    share("default").padStart(12),
    share("sheddable").padStart(14),
    String(steady.filter((it) => it.outcome === "failed").length).padStart(8),
  ];
  print(cells.join(" "));
}

/** From when on every slice of time is without a refusal and about as fast as unloaded. */
function recoveryMs(calls, calmP99) {
  const bad = calls.filter((it) => it.outcome !== "ok" || it.tookMs > 3 * calmP99);
  return bad.reduce((last, it) => Math.max(last, Math.ceil((it.atMs + 1) / SLICE_MS) * SLICE_MS), 0);
}

function rate(calls, ms) {
  return (calls.filter((it) => it.outcome === "ok").length * 1_000) / ms;
}

function tookOf(calls) {
  return calls.filter((it) => it.outcome === "ok").map((it) => it.tookMs);
}

function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function startServer() {
  const file = fileURLToPath(new URL("overload-server.mjs", import.meta.url));
  const child = spawn(process.execPath, [file, ...process.argv.slice(2)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = await once(child.stdout, "data");
  if (cpus().length > 1) {
    pin(process.pid, 0);
    pin(child.pid, 1);
  }
  const stop = async () => {
    child.stdin.end();
    await once(child, "exit");
  };
  return { port: Number(line), stop };
}

/** A core for the server and one for the load, where the system has taskset; otherwise they share what there is. */
function pin(pid, core) {
  spawnSync("taskset", ["--all-tasks", "--cpu-list", "--pid", String(core), String(pid)]);
}

/** A linear congruential generator (Numerical Recipes' constants): the same arrivals in every run. */
function createRandom(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
