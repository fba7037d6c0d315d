import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("server.mjs", import.meta.url));
/** As the shop's services are started. */
const YOUNG_GENERATION = "--max-semi-space-size=16";

/** Starts server.mjs in a process of its own; it ends with this one. */
export async function startServer(wire) {
  const child = fork(file, [wire], { execArgv: ["--enable-source-maps", YOUNG_GENERATION, "--expose-gc"] });
  const [{ port }] = await once(child, "message");
  return new ServerProcess(child, port);
}

class ServerProcess {
  port;
  #child;

  constructor(child, port) {
    this.#child = child;
    this.port = port;
  }

  get pid() {
    return this.#child.pid;
  }

  get isAlive() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What the server holds when its garbage is gone; see server.mjs. */
  async state() {
    this.#child.send("state");
    const [{ state }] = await once(this.#child, "message");
    return state;
  }

  async stop() {
    if (!this.isAlive) return;
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
  }
}
