// Runs Connect's conformance suite against the server and the client on this machine: `node tools/run.mjs conformance [options]`.
// It needs Go, through which the suite's runner is fetched and built; without Go it is skipped, which is no pass.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { root } from "../root.mjs";
import { buildContract, folder } from "./contract.mjs";

const release = "v1.0.7";
const module = "connectrpc.com/conformance";
const here = `${root}tools/conformance/`;
const configs = { server: "config.yaml", client: "client-config.yaml" };
const runner = `${folder}bin/${release}/connectconformance`;

const { values: options } = parseArgs({
  options: {
    role: { type: "string", multiple: true, default: ["server", "client"] },
    wire: { type: "string", multiple: true, default: ["node", "charter"] },
    run: { type: "string", multiple: true, default: [] },
    parallel: { type: "string", default: "4" },
    trace: { type: "boolean", default: false },
  },
});

if (spawnSync("go", ["version"]).status !== 0) {
  process.stdout.write("skipped: conformance needs Go (https://go.dev/dl/) to build the suite's runner\n");
  process.exit(0);
}
prepare();
const passed = passes().map(({ title, args }) => runPass(title, args));
process.exitCode = passed.every(Boolean) ? 0 : 1;

function prepare() {
  mkdirSync(folder, { recursive: true });
  if (!existsSync(runner)) {
    const env = { ...process.env, GOBIN: `${folder}bin/${release}` };
    execFileSync("go", ["install", `${module}/cmd/connectconformance@${release}`], { stdio: "inherit", env });
  }
  const cache = execFileSync("go", ["env", "GOMODCACHE"], { encoding: "utf8" }).trim();
  buildContract(`${cache}/${module}@${release}/proto`);
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
