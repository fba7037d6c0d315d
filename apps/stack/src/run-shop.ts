import { once as nextEvent } from "node:events";
import { checkInvariants, showFindings } from "./invariants/check.js";
import { settled } from "./invariants/settled.js";
import type { Folders } from "./launch/folders.js";
import { type PerService, perService } from "./launch/services.js";
import type { Settings } from "./launch/settings.js";
import { type Stack, startStack } from "./launch/stack.js";
import { seedShop } from "./seed/seed.js";
import { connectShop, login, type ShopClients } from "./shop-clients.js";
import { showEndpoints } from "./story/endpoints.js";
import { type Shopper, tellFirstOrder } from "./story/first-order.js";
import { bold, green, red, type Terminal } from "./terminal.js";

export interface RunOptions {
  settings: Settings;
  folders: Folders;
  terminal: Terminal;
  /** Check the invariants after the first order and stop. */
  once: boolean;
  /** Aborts when the shop shall stop. */
  stop: AbortSignal;
}

/** Runs the shop until it is told to stop, or once through. Throws with the reason when anything failed; stops what it started. */
export async function runShop(options: RunOptions): Promise<void> {
  const { terminal, stop } = options;
  const startedMs = performance.now();
  const stack = await startStack({
    settings: options.settings,
    folders: options.folders,
    onProgress: (what) => terminal.progress(`${what} …`),
    onIncident: (what) => terminal.line(red(what)),
  });
  try {
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    terminal.line(
      `The shop is up: PostgreSQL and four services in ${seconds} s. Their logs are in ${options.folders.logs}`,
    );
    terminal.line();
    await Promise.race([tell(stack, options), aborted(stop)]);
  } finally {
    terminal.progress("stopping …");
    await stack.stop();
    terminal.line("stopped");
  }
}

async function tell(stack: Stack, { terminal, once, stop }: RunOptions): Promise<void> {
  const shopper = await openShop(stack, terminal);
  if (once) return verify(stack, terminal);
  showEndpoints(terminal, stack.file, shopper);
  terminal.line(`${green("ready")}  (Ctrl-C stops everything)`);
  await aborted(stop);
}

async function openShop({ file }: Stack, terminal: Terminal): Promise<Shopper> {
  const urls = perService((name) => file.services[name].url);
  await withClients(urls, async (operator) => {
    await login(operator, file.operator.email, file.operator.password);
    await seedShop(operator);
  });
  return withClients(urls, (shopper) => tellFirstOrder(shopper, terminal));
}

async function withClients<T>(urls: PerService<string>, work: (shop: ShopClients) => Promise<T>): Promise<T> {
  const shop = connectShop(urls);
  try {
    return await work(shop);
  } finally {
    shop.close();
  }
}

async function verify({ file }: Stack, terminal: Terminal): Promise<void> {
  terminal.line();
  terminal.line(bold("Invariants"));
  await settled(file.databases);
  if (!showFindings(terminal, await checkInvariants(file.databases)))
    throw new Error("an invariant is broken");
}

/** Resolves when the signal aborts. The running services keep this process alive meanwhile. */
const aborted = (signal: AbortSignal): Promise<unknown> =>
  signal.aborted ? Promise.resolve() : nextEvent(signal, "abort");
