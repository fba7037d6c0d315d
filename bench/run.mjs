// `pnpm bench`: installs the peers in this folder, measures everything and writes the results.

import { pnpm } from "../tools/pnpm.mjs";
import { step } from "../tools/step.mjs";
import { readOptions, usage } from "./lib/options.mjs";

let options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error.message}\n\n${usage}`);
  process.exit(2);
}
if (options.help) {
  process.stdout.write(usage);
  process.exit(0);
}
// So that what was started is stopped: a signal alone would let the shop run on.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));
await step("fetching the peers", () => pnpm(["--dir", "bench", "install", "--frozen-lockfile"]));
// Not before they are there.
const { bench } = await import("./lib/bench.mjs");
try {
  process.exitCode = (await bench(options)) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
