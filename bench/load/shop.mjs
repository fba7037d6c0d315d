// Starts the shop as `npm start` does, on ports and in a folder of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../../tools/root.mjs";
import { freePort } from "../lib/free-port.mjs";

const folder = `${root}.charter/bench/shop`;
const logFile = `${folder}/bench.log`;
const services = ["user", "discount", "buy", "delivery"];
const STARTED_WITHIN_MS = 180_000;
const LOOK_EVERY_MS = 200;
/** What the stack says last before it waits. */
const READY = "(Ctrl-C stops everything)";

/** Starts PostgreSQL (fsync on) and the four services, with nothing but the seed in them. */
export async function startShop() {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const child = await launch();
  const stop = () => child.kill("SIGTERM");
  process.once("exit", stop);
  const exited = once(child, "exit").finally(() => process.off("exit", stop));
  const stopped = () => {
    stop();
    return exited;
  };
  try {
    await ready(child);
    return { stack: JSON.parse(await readFile(`${folder}/stack.json`, "utf8")), stop: stopped };
  } catch (error) {
    await stopped();
    throw error;
  }
}

/** Its output goes to a file, for a pipe would break with this process, and the stack with the pipe before it has stopped all. */
async function launch() {
  const ports = await Promise.all(
    services.map(async (name) => [`CHARTER_PORT_${name.toUpperCase()}`, String(await freePort())]),
  );
  const log = openSync(logFile, "w");
  const child = spawn(process.execPath, [`${root}apps/stack/dist/main.js`], {
    env: { ...process.env, ...Object.fromEntries(ports), CHARTER_FOLDER: folder },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  return child;
}

async function ready(child) {
  const lastMs = performance.now() + STARTED_WITHIN_MS;
  for (;;) {
    const said = await readFile(logFile, "utf8");
    if (said.includes(READY)) return;
    if (child.exitCode !== null) throw new Error(`the shop ended instead of starting:\n${said}`);
    if (performance.now() > lastMs) throw new Error(`the shop takes too long to start:\n${said}`);
    await sleep(LOOK_EVERY_MS);
  }
}
