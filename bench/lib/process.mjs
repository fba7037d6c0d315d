import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { pinned } from "./cores.mjs";

const STARTED_WITHIN_MS = 30_000;

/** The command that runs a script of this folder, with a CPU profile left in `profileTo` if that is given. */
export function node(script, args, profileTo) {
  const profile = profileTo ? ["--cpu-prof", `--cpu-prof-dir=${profileTo}`, "--cpu-prof-interval=200"] : [];
  return [process.execPath, ...profile, new URL(`../${script}`, import.meta.url).pathname, ...args];
}

/**
 * Starts a program on a core. The first line of its output is JSON that says where it listens; it ends when its input ends. Throws when
 * it ends or stays silent instead.
 */
export async function start(command, core) {
  const [program, args] = pinned(core, command);
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const stop = async () => {
    child.stdin.end();
    await exited;
  };
  try {
    const first = once(createInterface({ input: child.stdout }), "line", {
      signal: AbortSignal.timeout(STARTED_WITHIN_MS),
    });
    const ended = exited.then(([code]) => Promise.reject(new Error(`ended with ${code}`)));
    const [line] = await Promise.race([first, ended]);
    return { pid: child.pid, said: JSON.parse(line), stop };
  } catch (error) {
    child.kill("SIGKILL");
    throw new Error(`${command.join(" ")} did not start: ${error.message}`);
  }
}

/** Runs a program on a core to its end and resolves to its output. Throws when it fails. */
export async function output(command, core) {
  const [program, args] = pinned(core, command);
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const chunks = [];
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  const [code] = await once(child, "close");
  const text = Buffer.concat(chunks).toString();
  if (code !== 0) throw new Error(`${command[0]} ended with ${code}\n${text}`);
  return text;
}
