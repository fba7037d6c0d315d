// The long form of a test of packages/wire: `node tools/run.mjs fuzz [--frames 1000000] [--seed 1]`, `node tools/run.mjs oracle [--rounds 20] [--seed 1]`.
import { spawnSync } from "node:child_process";
import { readOptions } from "../read-options.mjs";
import { root } from "../root.mjs";

/** Name -> the test, and how often it repeats itself where nothing else is said. */
const tests = {
  fuzz: { option: "frames", times: "1000000", variable: "CHARTER_FUZZ_FRAMES", file: "fuzz.test.ts" },
  oracle: { option: "rounds", times: "20", variable: "CHARTER_ORACLE_ROUNDS", file: "oracle.test.ts" },
};

const [name, ...args] = process.argv.slice(2);
const { option, times, variable, file } = tests[name];
const usage = `usage: node tools/run.mjs ${name} [options]

  --${option} <n>  default ${times}
  --seed <n>    of the random numbers; default: another each time
  --help
`;
const values = readOptions(
  usage,
  { [option]: { type: "string", default: times }, seed: { type: "string" } },
  args,
);
const env = {
  ...process.env,
  [variable]: values[option],
  ...(values.seed !== undefined && { CHARTER_TEST_SEED: values.seed }),
};
const jest = [
  "--experimental-vm-modules",
  "--disable-warning=ExperimentalWarning",
  "node_modules/jest/bin/jest.js",
];
const test = [`packages/wire/src/${file}`, "--maxWorkers=1", "--verbose"];
process.exitCode =
  spawnSync(process.execPath, [...jest, ...test], { cwd: root, stdio: "inherit", env }).status ?? 1;
