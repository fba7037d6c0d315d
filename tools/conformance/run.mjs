// Runs Connect's conformance suite against the server and the client on this machine: `node tools/run.mjs conformance [options]`.
// It needs Go, through which the suite's runner is fetched and built; without Go it is skipped, which is no pass.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { GoTool } from "../go-tool.mjs";
import { readOptions } from "../read-options.mjs";
import { root } from "../root.mjs";
import { buildContract, folder } from "./contract.mjs";

const suite = new GoTool({
  module: "connectrpc.com/conformance",
  package: "cmd/connectconformance",
  release: "v1.0.7",
});
const here = `${root}tools/conformance/`;
const configs = { server: "config.yaml", client: "client-config.yaml" };

const usage = `usage: node tools/run.mjs conformance [options]

  --role <server|client>  only this end; may be given twice
  --wire <node|charter>   only this wire; may be given twice
  --run <pattern>         only these cases, as the suite names them; may be given more than once
  --parallel <n>          cases at once; default 4
  --trace                 what went over the wire, for cases that fail
  --help
`;
const options = readOptions(usage, {
  role: { type: "string", multiple: true, default: ["server", "client"] },
  wire: { type: "string", multiple: true, default: ["node", "charter"] },
  run: { type: "string", multiple: true, default: [] },
  parallel: { type: "string", default: "4" },
  trace: { type: "boolean", default: false },
});

if (!suite.isAvailable) process.exit(0);
const runner = prepare();
const passed = passes().map(({ title, args }) => runPass(title, args));
process.exitCode = passed.every(Boolean) ? 0 : 1;

/** Builds what a pass needs; answers where the runner is. */
function prepare() {
  mkdirSync(folder, { recursive: true });
  const program = suite.program();
  buildContract(`${suite.sources()}/proto`);
  return program;
}

function passes() {
  return options.role.flatMap((role) => options.wire.map((wire) => passOf(role, wire)));
}

function passOf(role, wire) {
  const program = ["--", process.execPath, `${here}${role}.mjs`, wire];
  return {
    title: `${role}, wire ${wire}`,
    args: ["--mode", role, "--conf", `${here}${configs[role]}`, ...program],
  };
}

function runPass(title, args) {
  process.stdout.write(`\n${title}\n`);
  const parallel = args.includes("server") ? ["--parallel", options.parallel] : [];
  const bounds = ["--max-servers", "2", ...parallel];
  const subset = options.run.flatMap((pattern) => ["--run", pattern]);
  const trace = options.trace ? ["--trace"] : [];
  return spawnSync(runner, [...bounds, ...subset, ...trace, ...args], { stdio: "inherit" }).status === 0;
}
