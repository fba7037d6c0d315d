// Attacks a server under honest load, on both wires, from one connection and from fifty, and writes what became of it to packages/wire/ATTACKS.md:
// `node tools/run.mjs attacks [--only <part of a name>] [--wire charter] [--connections 50]`. It takes eight minutes and needs Linux, a second
// core and permission to read its own processes' memory; where other work runs on the machine, its figures tell of that too.
import { existsSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { readOptions } from "../../read-options.mjs";
import { root } from "../../root.mjs";
import { attacks } from "./catalogue.mjs";
import { measure } from "./measure.mjs";
import { attackTable, row } from "./table.mjs";

const usage = `usage: node tools/run.mjs attacks [options]

  --only <part of a name>  only these of: ${Object.keys(attacks).join(", ")}
  --wire <charter|node>    only this wire; may be given twice
  --connections <n>        from so many connections; may be given more than once; default 1 and 50
  --help

A whole run, without options, writes packages/wire/ATTACKS.md.
`;
const options = readOptions(usage, {
  only: { type: "string", default: "" },
  wire: { type: "string", multiple: true, default: ["charter", "node"] },
  connections: { type: "string", multiple: true, default: ["1", "50"] },
});
const names = Object.keys(attacks).filter((name) => name.includes(options.only));
const isWhole = process.argv.length === 2;

if (existsSync("/proc/self/clear_refs") && cpus().length > 1) await run();
else
  process.stdout.write(
    "skipped: attacks need Linux, which tells the peak of a process's memory, and two cores\n",
  );

async function run() {
  const results = [];
  for (const attack of names)
    for (const connections of options.connections)
      for (const wire of options.wire) {
        const result = { attack, connections, wire, ...(await measure(wire, attack, Number(connections))) };
        results.push(result);
        process.stdout.write(`${row(result)}\n`);
      }
  if (isWhole) writeFileSync(`${root}packages/wire/ATTACKS.md`, attackTable(attacks, results));
  const missed = results.filter(({ wire, holds }) => wire === "charter" && !holds);
  for (const { attack, connections } of missed)
    process.stdout.write(`NOT HELD by the wire charter: ${attack}, ${connections} connections\n`);
  process.exitCode = missed.length === 0 ? 0 : 1;
}
