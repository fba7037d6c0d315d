// Starts the shop as `npm start` does, on ports and in a folder of its own, and gives it something to sell to many.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { root } from "../../tools/root.mjs";

const folder = `${root}.charter/bench/shop`;
const services = ["user", "discount", "buy", "delivery"];
const STARTED_WITHIN_MS = 180_000;

/** Starts PostgreSQL (fsync on) and the four services, with nothing but the seed in them. */
export async function startShop() {
  await rm(folder, { recursive: true, force: true });
  const ports = await Promise.all(
    services.map(async (name) => [`CHARTER_PORT_${name.toUpperCase()}`, String(await freePort())]),
  );
  const child = spawn(process.execPath, [`${root}apps/stack/dist/main.js`], {
    env: { ...process.env, ...Object.fromEntries(ports), CHARTER_FOLDER: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const said = [];
  try {
    await ready(child, said, exited);
    return {
      stack: JSON.parse(await readFile(`${folder}/stack.json`, "utf8")),
      async stop() {
        child.kill("SIGTERM");
        await exited;
      },
    };
  } catch (error) {
    child.kill("SIGTERM");
    await exited;
    throw new Error(`the shop did not start: ${error.message}\n${said.join("\n")}`);
  }
}

/** Resolves when the stack says so. Its output is read on, so that it never waits for us. */
function ready(child, said, exited) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("it takes too long")), STARTED_WITHIN_MS);
    const end = (settle, value) => {
      clearTimeout(timer);
      settle(value);
    };
    exited.then(() => end(reject, new Error("it ended")));
    createInterface({ input: child.stdout }).on("line", (text) => {
      said.push(text);
      if (text.includes("(Ctrl-C stops everything)")) end(resolve);
    });
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
