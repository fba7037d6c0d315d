import { randomBytes } from "node:crypto";
import type { Verifier } from "@charter/identity";
import { migrate, openDatabase } from "@charter/postgres";
import { createServer, type ObservabilityOptions } from "@charter/server";
import { currentContext, type Logger, traceStatement } from "@charter/telemetry";
import { type Clock, systemClock } from "@charter/time";
import { sql } from "kysely";
import { CarrierLoop } from "./carrier/carrier-loop.js";
import { EmbeddedCarrier } from "./carrier/embedded-carrier.js";
import { defaultSlotTemplate, type SlotTemplate } from "./domain/slot-template.js";
import { EventTail } from "./events/event-tail.js";
import { shipmentStream } from "./events/shipment-change.js";
import { deliveryHandlers } from "./handlers/delivery-handlers.js";
import { migrations } from "./migrations/index.js";
import { quoteSeal, sealKeyBytes } from "./quotes/quote-seal.js";
import type { DeliveryDatabase } from "./store/database.js";
import { quoteKey } from "./store/quote-key.js";

/** What the service is built on. */
export interface DeliveryServiceOptions {
  readonly databaseUrl: string;
  /** Finds out who calls. */
  readonly verifier: Verifier;
  readonly log: Logger;
  /** How the service can be watched. Default: on its own port, and without traces. */
  readonly observability?: ObservabilityOptions;
  /** How many times faster than the clock parcels move. Default 1. */
  readonly carrierSpeed?: number;
  /** What the slots of a day look like. Default: six of two hours with 40 places each. */
  readonly template?: SlotTemplate;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** What the embedded carrier goes by. Default: `clock`. */
  readonly carrierClock?: Clock;
}

/** The running parts of the service. */
export interface DeliveryProcess {
  /** Starts to serve and to carry. Port 0 takes any free port. */
  listen(address: { host: string; port: number }): Promise<{ url: string; port: number }>;
  /** Ends gracefully: streams end, calls in flight finish, the carrier puts down what it has in hand. */
  drain(options: { graceMs: number }): Promise<void>;
}

/** Makes the service, with its database brought up to date. It serves once it is told to listen. */
export async function build(options: DeliveryServiceOptions): Promise<DeliveryProcess> {
  const {
    log,
    verifier,
    clock = systemClock,
    carrierClock = clock,
    template = defaultSlotTemplate,
  } = options;
  const db = open(options);
  await migrate(db, migrations);
  const seal = quoteSeal(await quoteKey(db, randomBytes(sealKeyBytes)));
  const tail = new EventTail({ db, stream: shipmentStream, clock, log });
  const carrier = new EmbeddedCarrier({
    db,
    clock: carrierClock,
    log,
    speed: options.carrierSpeed ?? 1,
    onMoved: () => tail.nudge(),
  });
  const loop = new CarrierLoop({ carrier, clock: carrierClock, log });
  const deps = { db, clock, seal, template, carrier, tail, onBooked: () => loop.wake() };
  const implementations = [deliveryHandlers(deps)];
  const readiness = { database: () => ping(db) };
  const server = createServer({
    name: "delivery",
    implementations,
    verifier,
    log,
    clock,
    readiness,
    ...options.observability,
  });
  return {
    async listen(address) {
      const bound = await server.listen(address);
      loop.start();
      return bound;
    },
    async drain({ graceMs }) {
      await Promise.all([server.drain({ graceMs }), tail.close(), loop.stop()]);
      await db.close();
    },
  };
}

function open({ databaseUrl, log }: DeliveryServiceOptions): DeliveryDatabase {
  return openDatabase<unknown>({
    url: databaseUrl,
    applicationName: "delivery",
    onConnectionLost: (error) => log.warn({ err: error }, "a database connection was lost"),
    onStatement: traceStatement,
    boundsOf: currentContext,
  });
}

async function ping(db: DeliveryDatabase): Promise<void> {
  await sql`SELECT 1`.execute(db);
}
