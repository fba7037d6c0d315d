import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { root } from "./root.mjs";

const pinned = JSON.parse(readFileSync(`${root}package.json`, "utf8")).packageManager;

let found;

/** The command that runs the pinned pnpm: the machine's own where it has that version, else the npm registry's through npx. */
function command() {
  found ??= `pnpm@${installedVersion()}` === pinned ? ["pnpm"] : ["npx", "--yes", pinned];
  return found;
}

function installedVersion() {
  try {
    return execFileSync("pnpm", ["--version"], {
      cwd: "/",
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return undefined;
  }
}

/** Runs pnpm. Its output is passed to `onLine`, or to the error stream; a failure throws with the last lines of it. */
export function pnpm(args, { onLine } = {}) {
  const [program, ...first] = command();
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...first, ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        TURBO_TELEMETRY_DISABLED: "1",
        TURBO_NO_UPDATE_NOTIFIER: "1",
        npm_config_loglevel: "error",
      },
    });
    const output = [];
    const take = (chunk) => {
      output.push(chunk);
      for (const line of String(chunk).split("\n")) onLine?.(line);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) return resolve(output.join(""));
      const tail = output.join("").trimEnd().split("\n").slice(-60).join("\n");
      reject(new Error(`${tail}\npnpm ${args.join(" ")} failed with exit code ${code}`));
    });
  });
}
