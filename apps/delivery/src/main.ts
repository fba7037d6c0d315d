import { createVerifier, directoryKeySet, loadServiceIdentity, remoteKeySet } from "@charter/identity";
import { observabilityFromEnvironment, runProcess } from "@charter/server";
import { createLogger } from "@charter/telemetry";
import { type DeliveryConfig, readConfig } from "./config.js";
import { defaultSlotTemplate } from "./domain/slot-template.js";
import { startOwnPostgres } from "./own-postgres.js";
import { build } from "./service.js";

const service = "delivery";
const graceMs = 10_000;

function verifierFor({ identityDirectory, userUrl }: DeliveryConfig) {
  return createVerifier({
    service,
    userAudience: "shop",
    userIssuer: "shop.user",
    userKeys: remoteKeySet(`${userUrl}/.well-known/jwks.json`),
    serviceKeys: directoryKeySet(identityDirectory),
  });
}

async function start() {
  const config = readConfig(process.env);
  const log = createLogger({ service, level: config.logLevel });
  const observability = await observabilityFromEnvironment(process.env, { service, log });
  // Delivery calls nobody yet; its key is made so that every service of an installation has one.
  await loadServiceIdentity({ directory: config.identityDirectory, service });
  const own =
    config.databaseUrl === undefined ? await startOwnPostgres(config.ownPostgresDirectory, log) : undefined;
  const databaseUrl = config.databaseUrl ?? own?.url ?? "";
  const delivery = await build({
    databaseUrl,
    verifier: verifierFor(config),
    log,
    observability,
    carrierSpeed: config.carrierSpeed,
    template: { ...defaultSlotTemplate, capacity: config.slotCapacity },
  });
  await delivery.listen(config);
  return {
    async drain() {
      await delivery.drain({ graceMs });
      await own?.stop();
      await observability.shutdown();
    },
  };
}

await runProcess({ name: service, start });
