// Loads a server with 1 ms of work a call beyond what it can bear, and prints one sample. Arguments: the port, and the seconds of each phase.

import { createRandom } from "../lib/random.mjs";
import { quantile } from "../lib/statistics.mjs";
import { closedLoop, openLoop, openTarget } from "./open-loop.mjs";

const FACTORS = [2, 5, 10];
const LANES = 16;
const WARM_UP_MS = 2_000;
/** What comes first in a phase is not steady and does not count. */
const RAMP_MS = 1_000;
const CALM_SHARE = 0.3;
const RECOVERY_SHARE = 0.5;
const SLICE_MS = 100;
const SEED = 20_241_123;

const [port, seconds] = process.argv.slice(2).map(Number);
const phaseMs = seconds * 1_000;
const random = createRandom(SEED);
const target = await openTarget(port);
await closedLoop(target, LANES, WARM_UP_MS);
const peak = rate(await closedLoop(target, LANES, phaseMs), phaseMs);
const calmP99 = quantile(tookOf(await openLoop(target, peak * CALM_SHARE, phaseMs, random)), 0.99);
const sample = { peak, calmP99 };
for (const factor of FACTORS) {
  const all = await openLoop(target, peak * factor, RAMP_MS + phaseMs, random);
  const calls = all.filter((it) => it.atMs >= RAMP_MS);
  sample[`goodput${factor}`] = rate(calls, phaseMs) / peak;
  sample[`tail${factor}`] = quantile(tookOf(calls), 0.99) / calmP99;
  sample[`critical${factor}`] = okShareOf(calls.filter((it) => it.criticality === "critical")) * 100;
  sample[`failed${factor}`] = (calls.filter((it) => it.outcome === "failed").length / calls.length) * 100;
}
sample.recoveryMs = recoveryMs(await openLoop(target, peak * RECOVERY_SHARE, phaseMs, random));
target.close();
process.stdout.write(`${JSON.stringify(sample)}\n`, () => process.exit(0));

/** From when on every slice of time is without a refusal and about as fast as unloaded. */
function recoveryMs(calls) {
  const bad = calls.filter((it) => it.outcome !== "ok" || it.tookMs > 3 * calmP99);
  return bad.reduce((last, it) => Math.max(last, Math.ceil((it.atMs + 1) / SLICE_MS) * SLICE_MS), 0);
}

function rate(calls, ms) {
  return (calls.filter((it) => it.outcome === "ok").length * 1_000) / ms;
}

function okShareOf(calls) {
  return calls.filter((it) => it.outcome === "ok").length / calls.length;
}

function tookOf(calls) {
  return calls.filter((it) => it.outcome === "ok").map((it) => it.tookMs);
}
