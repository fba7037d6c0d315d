import { randomBytes } from "node:crypto";
import {
  createVerifier,
  directoryKeySet,
  type KeySet,
  loadServiceIdentity,
  remoteKeySet,
} from "@charter/identity";
import { createAnswerStore, migrate, openDatabase } from "@charter/postgres";
import { createServer, type ObservabilityOptions, type Wire } from "@charter/server";
import { currentContext, type Logger, traceStatement } from "@charter/telemetry";
import { type Clock, systemClock } from "@charter/time";
import { sql } from "kysely";
import { CarrierLoop } from "./carrier/carrier-loop.js";
import { EmbeddedCarrier } from "./carrier/embedded-carrier.js";
import type { DeliveryConfig } from "./config.js";
import { DeliveryError, deliveryError } from "./delivery-error.js";
import { defaultSlotTemplate } from "./domain/slot-template.js";
import { EventTail } from "./events/event-tail.js";
import { shipmentStream } from "./events/shipment-change.js";
import type { DeliveryDeps } from "./handlers/delivery-deps.js";
import { deliveryHandlers } from "./handlers/delivery-handlers.js";
import { createHousekeeping } from "./housekeeping.js";
import { migrations } from "./migrations/index.js";
import { quoteSeal, sealKeyBytes } from "./quotes/quote-seal.js";
import type { DeliveryDatabase } from "./store/database.js";
import { quoteKey } from "./store/quote-key.js";

/** How long calls in flight may take to finish when the service ends. */
const graceMs = 10_000;

/** What the service is made with; its database is there already. */
export type BuildConfig = Omit<DeliveryConfig, "databaseUrl" | "logLevel" | "wire"> & {
  readonly databaseUrl: string;
  readonly log: Logger;
  /** Default: "charter". */
  readonly wire?: Wire;
  /** How the service can be watched. Default: on its own port, and without traces. */
  readonly observability?: ObservabilityOptions;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** What the embedded carrier goes by. Default: `clock`. */
  readonly carrierClock?: Clock;
  /** What users' tokens are checked with. Default: what the user service publishes. */
  readonly userKeys?: KeySet;
};

/** A running delivery service. */
export interface Delivery {
  readonly url: string;
  readonly port: number;
  /** Ends streams, finishes what is in flight and lets everything go. */
  drain(): Promise<void>;
}

/** Brings the database up to date, serves and carries. Throws PortTakenError when the port belongs to another process. */
export async function build(config: BuildConfig): Promise<Delivery> {
  const { log, clock = systemClock } = config;
  const db = open(config);
  try {
    await migrate(db, migrations);
    // Delivery calls nobody yet; its key is made so that every service of an installation has one.
    await loadServiceIdentity({ directory: config.identityDirectory, service: "delivery" });
    const { deps, loop } = await createParts(config, db, clock);
    const server = serve(config, deps);
    const housekeeping = createHousekeeping({ db, clock, log });
    const { url, port } = await server.listen({ host: config.host, port: config.port });
    loop.start();
    housekeeping.start();
    return {
      url,
      port,
      async drain() {
        await Promise.all([server.drain({ graceMs }), deps.tail.close(), loop.stop(), housekeeping.stop()]);
        await db.close();
      },
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}

function open({ databaseUrl, log }: BuildConfig): DeliveryDatabase {
  return openDatabase<unknown>({
    url: databaseUrl,
    applicationName: "delivery",
    onConnectionLost: (error) => log.warn({ err: error }, "a database connection was lost"),
    onStatement: traceStatement,
    boundsOf: currentContext,
  });
}

/** What handlers stand on, and what moves the parcels. */
async function createParts(
  { log, carrierSpeed: speed, slotCapacity: capacity, ...config }: BuildConfig,
  db: DeliveryDatabase,
  clock: Clock,
): Promise<{ readonly deps: DeliveryDeps; readonly loop: CarrierLoop }> {
  const carrierClock = config.carrierClock ?? clock;
  const seal = quoteSeal(await quoteKey(db, randomBytes(sealKeyBytes)));
  const tail = new EventTail({ db, stream: shipmentStream, clock, log });
  const carrier = new EmbeddedCarrier({ db, clock: carrierClock, log, speed, onMoved: () => tail.nudge() });
  const loop = new CarrierLoop({ carrier, clock: carrierClock, log });
  const template = { ...defaultSlotTemplate, capacity };
  return { deps: { db, clock, seal, template, carrier, tail, onBooked: () => loop.wake() }, loop };
}

function serve(
  { identityDirectory, userUrls, userKeys, log, wire, observability }: BuildConfig,
  deps: DeliveryDeps,
) {
  const { db, clock } = deps;
  return createServer({
    name: "delivery",
    implementations: [deliveryHandlers(deps)],
    verifier: createVerifier({
      service: "delivery",
      userAudience: "shop",
      userIssuer: "shop.user",
      userKeys: userKeys ?? remoteKeySet(userUrls.map(keysAt), { clock }),
      serviceKeys: directoryKeySet(identityDirectory, { clock }),
      clock,
    }),
    log,
    clock,
    ...(wire && { wire }),
    ...observability,
    idempotency: {
      store: createAnswerStore(db),
      keyReused: () => deliveryError(DeliveryError.IDEMPOTENCY_KEY_REUSED),
    },
    readiness: { database: async () => void (await sql`SELECT 1`.execute(db)) },
  });
}

const keysAt = (url: string) => `${url}/.well-known/jwks.json`;
