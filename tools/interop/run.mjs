// Fetches what the interop tests need, Chromium where that is possible, and runs them: `node tools/run.mjs interop`.
import { spawnSync } from "node:child_process";
import { root } from "../root.mjs";
import { step } from "../step.mjs";
import { prepareBrowser, prepareInterop } from "./prepare.mjs";

const missing = [
  ...(await step("fetching grpc-go and grpcio", prepareInterop)),
  await step("looking for Chromium", prepareBrowser),
];
for (const reason of missing.filter(Boolean)) process.stdout.write(`${reason}\n`);
const jest = [`${root}tools/test.mjs`, "--selectProjects", "interop", ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, jest, { cwd: root, stdio: "inherit" }).status ?? 1;
