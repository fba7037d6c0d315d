import { fileURLToPath } from "node:url";
import { ownDatabase } from "@charter/postgres";
import { observabilityFromEnvironment, runProcess } from "@charter/server";
import { createLogger } from "@charter/telemetry";
import { readConfig } from "./config.js";
import { build } from "./service.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

async function start() {
  const config = readConfig(process.env, root);
  const log = createLogger({ service: "buy", level: config.logLevel });
  const observability = await observabilityFromEnvironment(process.env, { service: "buy", log });
  const own = config.databaseUrl
    ? undefined
    : await ownDatabase({
        directory: `${root}.charter/buy-postgres`,
        name: "buy",
        log: (line) => log.debug({ line }, "postgres"),
      });
  const databaseUrl = config.databaseUrl ?? own?.url ?? "";
  try {
    const buy = await build({ ...config, databaseUrl, log, observability });
    return {
      async drain() {
        await buy.drain();
        await own?.stop();
        await observability.shutdown();
      },
    };
  } catch (error) {
    await own?.stop();
    throw error;
  }
}

await runProcess({ name: "buy", start });
