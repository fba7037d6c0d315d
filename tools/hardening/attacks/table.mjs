import { cpus, release, totalmem } from "node:os";

const MEBIBYTE = 1_048_576;

/** One measurement as a line. */
export function row({ attack, connections, wire, ...result }) {
  return `${attack.padEnd(25)} ${String(connections).padStart(2)}  ${wire.padEnd(7)}  ${cells(result).join("  ")}`;
}

function cells({ lives, goodput, grewBytes, recoveryMs, p99BeforeMs, p99Ms, holds }) {
  return [
    lives ? "lives" : "DIES",
    `${(goodput * 100).toFixed(1)} %`,
    lives ? `${(grewBytes / MEBIBYTE).toFixed(0)} MiB` : "–",
    lives ? `${(recoveryMs / 1_000).toFixed(1)} s` : "never",
    `${p99BeforeMs.toFixed(0)} → ${p99Ms.toFixed(0)} ms`,
    holds ? "yes" : "NO",
  ];
}

/** All measurements as a page. */
export function attackTable(attacks, results) {
  return `${[...head(), "", ...described(attacks), "", ...tableOf(results)].join("\n")}\n`;
}

function head() {
  const [{ model }] = cpus();
  const memory = `${(totalmem() / 1_024 ** 3).toFixed(0)} GiB`;
  return [
    "# Attacks on a server under honest load",
    "",
    "Made by `node tools/run.mjs attacks`. A server with the test contract runs on one core, the attacker and an honest client on another; the client has",
    "the right of way there and another address, makes 400 calls a second on four connections, of the same method that is attacked, and waits a second",
    "for each. Every attack runs 3 s against a server of its own that has answered 10,000 calls before; a connection that is lost is replaced at once.",
    "The server's process has a young generation of 16 MiB a half (`--max-semi-space-size=16`), as those of the shop have.",
    "",
    "**Goodput** is the share of honest calls that were answered in time, of that before the attack; **memory** is the peak of the resident set above what it was",
    "before; **recovery** ends with the last call that was not answered in time; **p99** is that of honest calls before and during the attack. It **holds** when the process",
    "lives, goodput is at least 95 %, memory at most 64 MiB and recovery at most 5 s.",
    "",
    `${new Date().toISOString().slice(0, 10)}, ${model}, ${cpus().length} cores, ${memory}, Linux ${release()}, Node ${process.version}, nghttp2 ${process.versions.nghttp2} on the wire node.`,
  ];
}

const described = (attacks) => Object.entries(attacks).map(([name, { about }]) => `- **${name}**: ${about}.`);

function tableOf(results) {
  const title = ["attack", "connections", "wire", "process", "goodput", "memory", "recovery", "p99", "holds"];
  const rows = results.map(({ attack, connections, wire, ...result }) => [
    attack,
    connections,
    wire,
    ...cells(result),
  ]);
  return [title, title.map(() => "---"), ...rows].map((it) => `| ${it.join(" | ")} |`);
}
