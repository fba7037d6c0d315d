import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A child process that runs TypeScript from this repository's sources. */
export interface SourceProcess {
  readonly pid: number;
  /** Resolves with the first line of its standard output that matches, one already printed included; rejects when it ends without one. */
  line(pattern: RegExp): Promise<string>;
  /** Sends a signal, SIGKILL by default, and resolves when it has ended. Killing one that has ended is a no-op. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

const hooks = fileURLToPath(new URL("../jest/source-hooks.mjs", import.meta.url));
/** Most of a start is compiling, which the next process is spared. */
const compiled = fileURLToPath(new URL("../node_modules/.cache/compiled", import.meta.url));

interface SpawnOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `script` (a .ts file) in a process of its own, for tests that must kill one. Nothing needs to be built. */
export function spawnSource(script: URL, { args = [], env = {} }: SpawnOptions = {}): SourceProcess {
  return watched([fileURLToPath(script), ...args], { env });
}

/** Starts a program that is given as text: an ES module in JavaScript that resolves its imports as a file of `folder` does. */
export function spawnText(program: string, folder: URL): SourceProcess {
  // Generated code has enums, which are not only stripped.
  const flags = ["--experimental-transform-types", "--disable-warning=ExperimentalWarning"];
  return watched([...flags, "--input-type=module", "--eval", program], { cwd: fileURLToPath(folder) });
}

function watched(
  argv: readonly string[],
  { env = {}, cwd }: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string },
): SourceProcess {
  const child = spawn(process.execPath, ["--conditions=charter:source", "--import", hooks, ...argv], {
    env: { ...process.env, NODE_OPTIONS: "", NODE_COMPILE_CACHE: compiled, ...env },
    stdio: ["ignore", "pipe", "inherit"],
    ...(cwd && { cwd }),
  });
  const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const printed: string[] = [];
  const watchers = new Set<(line: string) => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    printed.push(line);
    for (const watch of watchers) watch(line);
  });
  return {
    pid: child.pid ?? 0,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = (line: string) => {
          if (pattern.test(line)) resolve(line);
        };
        printed.forEach(watch);
        watchers.add(watch);
        void exited.then(() =>
          reject(new Error(`It ended without printing ${pattern}:\n${printed.join("\n")}`)),
        );
      }),
    kill: (signal = "SIGKILL") => {
      child.kill(signal);
      return exited;
    },
  };
}
