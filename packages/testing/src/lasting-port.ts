import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ports that systems lend to outgoing connections, which begin at 32,768 on Linux and higher elsewhere. */
const RANGE = [12_000, 32_000] as const;
const MAX_TRIES = 100;

/**
 * A port of 127.0.0.1 that is free now and that nobody takes without asking for it, so that it is still free when a server that gets it
 * starts, and when that server is started again.
 */
export async function lastingPort(): Promise<number> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    const port = randomInt(...RANGE);
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${MAX_TRIES} ports was free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ host: "127.0.0.1", port }, () => probe.close(() => resolve(true)));
  });
}
