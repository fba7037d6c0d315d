import { execFile } from "node:child_process";
import { root } from "./root.mjs";

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Runs a program to its end and resolves to what it printed; a failure throws with everything that it printed. */
export function run(program, args, { cwd = root, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const options = { cwd, maxBuffer: MAX_OUTPUT_BYTES, env: { ...process.env, ...env } };
    execFile(program, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      reject(new Error(`${stdout}${stderr}`.trim() || error.message));
    });
  });
}
