// The one door of the repository: `npm start`, `npm test` and `npm run charter` come here. Plain JavaScript without
// dependencies, so that it runs on any Node >= 18 of a bare machine. It fetches what the lockfile pins, builds, and then hands
// over to the Node that the lockfile pins.
import { spawn } from "node:child_process";
import { install } from "./install.mjs";
import { pinnedNode } from "./pinned-node.mjs";
import { pnpm } from "./pnpm.mjs";
import { root } from "./root.mjs";
import { step } from "./step.mjs";

const usage = `usage: node tools/run.mjs <what> [arguments]

  start [--once] [...]   build, then run the whole shop on this machine (see \`npm start -- --help\`)
  conformance [...]      Connect's conformance suite, where Go is installed
  bench [...]            the benchmarks beside the peers (see \`pnpm bench --help\`)
  h2spec [...]           h2spec in strict mode, where Go is installed
  attacks [...]          attacks on both wires under honest load; the table goes to packages/wire/ATTACKS.md
  fuzz [...]             a million damaged frames to each end of HTTP/2, and a million header blocks
  oracle [...]           the same traffic over node:http2 and ours, for many seeds
  soak [...]             ten minutes of calls, aborts and reconnects, and what is left of them
  interop                fetches what the interop tests need and this machine can have, then runs them
  test [...]             every check and every test; arguments go to jest
  charter <command>      the charter command (see \`pnpm charter --help\`)
`;

const programs = {
  start: ["apps/stack/dist/main.js"],
  charter: ["packages/cli/dist/main.js"],
  test: ["tools/test.mjs"],
  conformance: ["tools/conformance/run.mjs"],
  interop: ["tools/interop/run.mjs"],
  bench: ["bench/run.mjs"],
  h2spec: ["tools/hardening/h2spec.mjs"],
  attacks: ["tools/hardening/attacks/run.mjs"],
  fuzz: ["tools/hardening/long-test.mjs", "fuzz"],
  oracle: ["tools/hardening/long-test.mjs", "oracle"],
  soak: ["tools/hardening/soak.mjs"],
};

const [what, ...args] = process.argv.slice(2);
if (!Object.hasOwn(programs, what ?? "")) {
  process.stderr.write(usage);
  process.exit(2);
}

// Their output may be piped into something else, so progress goes to the error stream.
const steps = { install: "fetching packages", build: "building" };
try {
  await step(steps.install, (progress) => install(progress));
  const node = pinnedNode();
  if (what !== "test")
    await step(steps.build, () => pnpm(["exec", "turbo", "run", "build", "--output-logs=errors-only"]));
  process.exitCode = await handOver(node, [...programs[what], ...args]);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

/** Runs the program in the foreground and resolves to its exit code. The terminal signals the whole group; other signals are passed on. */
function handOver(node, argv) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, ["--enable-source-maps", ...argv], { cwd: root, stdio: "inherit" });
    for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
    process.on("SIGINT", () => {});
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(signal ? 1 : (code ?? 1)));
  });
}
