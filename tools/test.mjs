// `npm test`: every check, then every test of every package on real PostgreSQL. All checks run even when one fails, so that one
// run shows everything that is wrong. Arguments go to jest (and then only the tests run).
import { spawn } from "node:child_process";
import { checkBreaking } from "./checks/breaking.mjs";
import { checkGenerated } from "./checks/generated.mjs";
import { checkImports } from "./checks/imports.mjs";
import { prepareInterop } from "./interop/prepare.mjs";
import { pnpm } from "./pnpm.mjs";
import { root } from "./root.mjs";
import { run } from "./run-command.mjs";
import { step } from "./step.mjs";

const bin = (name) => `${root}node_modules/.bin/${name}`;
const jestArguments = process.argv.slice(2);

/** Name -> what must hold. A check throws with what is wrong and what to do, or returns a remark. In this order. */
const checks = {
  "generated code is what the protos say": checkGenerated,
  "everything builds": () => pnpm(["exec", "turbo", "run", "build", "--output-logs=errors-only"]),
  types: () => pnpm(["exec", "turbo", "run", "typecheck", "--output-logs=errors-only"]),
  "Biome (style and lint; `pnpm format` mends most)": () =>
    run(bin("biome"), ["ci", "--error-on-warnings", "."]),
  "buf lint": () => run(bin("buf"), ["lint", "proto"]),
  "buf format (`pnpm format` mends it)": () => run(bin("buf"), ["format", "--diff", "--exit-code", "proto"]),
  "buf breaking": checkBreaking,
  "import directions": checkImports,
  "interop programs build": async () => `remark: ${(await prepareInterop()).join("; ") || "all there"}`,
};

const failed = [];
for (const [name, check] of jestArguments.length
  ? [["everything builds", checks["everything builds"]]]
  : Object.entries(checks)) {
  try {
    const remark = await step(name, check, { quietEnd: true });
    process.stdout.write(
      `✓ ${name}${typeof remark === "string" && remark.startsWith("remark: ") ? ` – ${remark.slice(8)}` : ""}\n`,
    );
  } catch (error) {
    failed.push(name);
    process.stdout.write(`✗ ${name}\n${error.message}\n`);
  }
}
const jestExit = await jest(jestArguments);
process.exitCode = failed.length || jestExit ? 1 : 0;

/** Jest's reporter prints the closing line, the failed checks counted in. */
function jest(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [
        "--experimental-vm-modules",
        "--disable-warning=ExperimentalWarning",
        `${root}node_modules/jest/bin/jest.js`,
        ...args,
      ],
      { cwd: root, stdio: "inherit", env: { ...process.env, CHARTER_FAILED_CHECKS: failed.join("; ") } },
    );
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
