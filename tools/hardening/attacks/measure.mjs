import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { startServer } from "../server-process.mjs";

const WARM_UP_MS = 1_000;
const BEFORE_MS = 1_500;
const ATTACK_MS = 3_000;
/** The server has recovered when all calls were answered in time for so long. */
const CALM_MS = 1_000;
const MOST_RECOVERY_MS = 6_000;
/** A call that is due now is told of at the latest so much later: its deadline, and the slice. */
const TELLING_MS = 1_200;

/** What a server must hold. */
const LEAST_GOODPUT = 0.95;
const MOST_GROWTH_BYTES = 64 * 1_048_576;
const LONGEST_RECOVERY_MS = 5_000;

const SERVER_CORE = "0";
const CLIENT_CORE = "1";

/** Attacks one server, started for it, from so many connections while an honest client calls. */
export async function measure(wire, attack, connections) {
  const server = await startServer(wire);
  pin(server.pid, SERVER_CORE);
  const honest = start("honest-client.mjs", [server.port]);
  const attacker = start("attacker.mjs", [attack, server.port, connections]);
  try {
    return await observe(server, honest, attacker);
  } finally {
    honest.disconnect();
    attacker.disconnect();
    await server.stop();
  }
}

async function observe(server, honest, attacker) {
  const calls = [];
  honest.on("message", (slice) => calls.push(...slice));
  await Promise.all([once(attacker, "message"), once(honest, "message")]);
  await pause(WARM_UP_MS);
  const beforeMs = now();
  await pause(BEFORE_MS);
  const rssBefore = resetPeak(server.pid);
  const beginMs = now();
  attacker.send("begin");
  await pause(ATTACK_MS);
  attacker.send("end");
  const endMs = now();
  const [attacked] = await once(attacker, "message");
  const recoveryMs = await recovery(calls, endMs);
  const shareOf = (from, to) => goodput(calls, from, to);
  const result = {
    lives: server.isAlive,
    goodput: shareOf(beginMs, endMs) / shareOf(beforeMs, beginMs),
    before: shareOf(beforeMs, beginMs),
    p99BeforeMs: p99(calls, beforeMs, beginMs),
    p99Ms: p99(calls, beginMs, endMs),
    grewBytes: server.isAlive ? peakOf(server.pid) - rssBefore : Number.NaN,
    recoveryMs,
    statuses: statusesOf(calls, beginMs, endMs),
    attacked,
  };
  return { ...result, holds: holds(result) };
}

function holds({ lives, goodput, grewBytes, recoveryMs }) {
  return (
    lives && goodput >= LEAST_GOODPUT && grewBytes <= MOST_GROWTH_BYTES && recoveryMs <= LONGEST_RECOVERY_MS
  );
}

/** Waits until the server has recovered; how long after the end of the attack the last call was due that was not answered in time. */
async function recovery(calls, endMs) {
  const lastBad = () =>
    calls.filter(({ due, ok }) => due >= endMs && !ok).reduce((last, { due }) => Math.max(last, due), endMs);
  do {
    await pause(200);
  } while (now() < lastBad() + CALM_MS + TELLING_MS && now() < endMs + MOST_RECOVERY_MS + TELLING_MS);
  return lastBad() - endMs;
}

const between = (calls, from, to) => calls.filter(({ due }) => due >= from && due < to);

function goodput(calls, from, to) {
  const all = between(calls, from, to);
  return all.filter(({ ok }) => ok).length / all.length;
}

function p99(calls, from, to) {
  const took = between(calls, from, to)
    .map(({ tookMs }) => tookMs)
    .sort((a, b) => a - b);
  return took[Math.floor(took.length * 0.99)];
}

function statusesOf(calls, from, to) {
  const counts = {};
  for (const { ok, status } of between(calls, from, to))
    if (!ok) counts[status ?? "none"] = (counts[status ?? "none"] ?? 0) + 1;
  return counts;
}

/** Resident memory now, from where its peak is counted anew. See proc(5), clear_refs. */
function resetPeak(pid) {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
  return statusBytes(pid, "VmRSS");
}

const peakOf = (pid) => statusBytes(pid, "VmHWM");

function statusBytes(pid, name) {
  const line = new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(line[1]) * 1_024;
}

function start(name, args) {
  const child = fork(
    fileURLToPath(new URL(name, import.meta.url)),
    args.map((it) => String(it)),
  );
  pin(child.pid, CLIENT_CORE);
  return child;
}

/** A core for the server and one for all others, so that it is the server that is measured. */
function pin(pid, core) {
  if (cpus().length > 1) spawnSync("taskset", ["--all-tasks", "--cpu-list", "--pid", core, String(pid)]);
}

function now() {
  return performance.timeOrigin + performance.now();
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
