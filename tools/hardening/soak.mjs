// Ten minutes of calls, aborts, half-open connections and reconnects against a server in another process, and whether it then holds what it
// held before: `node tools/run.mjs soak [--minutes 10] [--lanes 12] [--wire charter]`.
import { readOptions } from "../read-options.mjs";
import { startServer } from "./server-process.mjs";
import { SoakTraffic } from "./soak-traffic.mjs";

const usage = `usage: node tools/run.mjs soak [options]

  --minutes <n>          how long; default 10
  --lanes <n>            callers at once; default 12
  --wire <charter|node>  default charter
  --help
`;
const options = readOptions(usage, {
  minutes: { type: "string", default: "10" },
  lanes: { type: "string", default: "12" },
  wire: { type: "string", default: "charter" },
});
const WARM_UP_MS = 20_000;
const LINE_MS = 30_000;
/** What connections that the server must give up by itself may take. */
const SETTLE_MS = 30_000;
/** Code and its profile still grow a little after the warm-up. A call that leaked 100 bytes would take ten times as much. */
const MOST_GROWTH_BYTES = 4 * 1_048_576;

const server = await startServer(options.wire);
const startMs = performance.now();
try {
  await traffic(WARM_UP_MS, () => {});
  const before = await settled();
  print(`baseline after ${WARM_UP_MS / 1_000} s of traffic: ${tell(before)}`);
  const counts = await traffic(Number(options.minutes) * 60_000, (counts, state) =>
    print(`${elapsed()} s  ${tellCounts(counts)}  ${tell(state)}`),
  );
  const after = await settled(before);
  print(`after: ${tellCounts(counts)}  ${tell(after)}`);
  process.exitCode = verdict(before, after, counts) ? 0 : 1;
} finally {
  await server.stop();
}

/** Traffic for so long; a line now and then. Answers what became of it. */
async function traffic(ms, line) {
  const soak = new SoakTraffic(server.port, Number(options.lanes));
  const endMs = performance.now() + ms;
  while (performance.now() < endMs) {
    await pause(Math.min(LINE_MS, Math.max(0, endMs - performance.now())));
    line(soak.counts, await server.state());
  }
  await soak.stop();
  return soak.counts;
}

/** What the server holds without traffic: as soon as it has no more handles than before, else when it has had its time. */
async function settled(before) {
  const endMs = performance.now() + SETTLE_MS;
  let state = await server.state();
  while (performance.now() < endMs && (before ? hasMore(state, before) : socketsOf(state) > 0)) {
    await pause(500);
    state = await server.state();
  }
  return state;
}

function verdict(before, after, counts) {
  const grewBytes = after.heapBytes - before.heapBytes;
  const problems = [
    ...(hasMore(after, before) ? [`handles are left: ${after.resources}`] : []),
    ...(grewBytes > MOST_GROWTH_BYTES ? ["the heap grew"] : []),
    ...(counts.failed > 0 ? [`${counts.failed} calls failed`] : []),
    ...(counts.ok === 0 ? ["no call was answered"] : []),
  ];
  const grew = `${(grewBytes / 1_024).toFixed(0)} KiB of at most ${MOST_GROWTH_BYTES / 1_024} KiB`;
  print(`heap grew by ${grew}: ${problems.length === 0 ? "held" : `NOT HELD: ${problems.join("; ")}`}`);
  return problems.length === 0;
}

function tell({ heapBytes, rssBytes, resources }) {
  const count = `${resources.length} handles (${socketsOf({ resources })} sockets)`;
  return `${count}, heap ${megabytes(heapBytes)} MiB, RSS ${megabytes(rssBytes)} MiB`;
}

function tellCounts(counts) {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}

function hasMore(state, before) {
  return state.resources.length > before.resources.length;
}

function socketsOf({ resources }) {
  return resources.filter((it) => it === "TCPSocketWrap").length;
}

function elapsed() {
  return ((performance.now() - startMs) / 1_000).toFixed(0).padStart(4);
}

function megabytes(bytes) {
  return (bytes / 1_048_576).toFixed(1);
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
