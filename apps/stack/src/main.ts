import { Command } from "commander";
import { openFolders } from "./launch/folders.js";
import { readSettings } from "./launch/settings.js";
import { runShop } from "./run-shop.js";
import { openTerminal } from "./terminal.js";

const program = new Command("npm start --")
  .description("Runs the whole shop on this machine: PostgreSQL, four services, and a first order.")
  .option("--once", "place a first order, check the invariants, stop, and exit 0 if all is well", false)
  .addHelpText(
    "after",
    `
Environment:
  CHARTER_PORT_USER, _DISCOUNT, _BUY, _DELIVERY   ports, by default 8081, 8082, 8083, 8084
  DATABASE_URL_USER, _DISCOUNT, _BUY, _DELIVERY   PostgreSQL servers to use instead of the embedded one
  CHARTER_FOLDER                                  where all that it makes lies, by default .charter/
  CHARTER_HOST                                    address to listen on, by default 127.0.0.1
  CHARTER_LOG_LEVEL                               trace, debug, info (default), warn or error
  CHARTER_WIRE                                    what speaks HTTP/2 in the services: charter (default) or node
  CARRIER_SPEED                                   how many times faster than real parcels move

While it runs, .charter/stack.json names every address, database and the operator's login; logs are in .charter/logs/.`,
  );

const { once } = program.parse().opts<{ once: boolean }>();
const terminal = openTerminal(process.stdout);
const stopSignal = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopSignal.abort());

try {
  await runShop({
    settings: readSettings(process.env),
    folders: openFolders(process.env.CHARTER_FOLDER),
    terminal,
    once,
    stop: stopSignal.signal,
  });
} catch (error) {
  terminal.line(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
