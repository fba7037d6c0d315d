import { createVerifier, directoryKeySet, remoteKeySet } from "@charter/identity";
import { createAnswerStore, migrate, openDatabase } from "@charter/postgres";
import { createServer, type ObservabilityOptions, type Wire } from "@charter/server";
import { currentContext, type Logger, traceStatement } from "@charter/telemetry";
import { type Clock, systemClock } from "@charter/time";
import { sql } from "kysely";
import type { DiscountConfig } from "./config.js";
import { DiscountError, discountError } from "./discount-error.js";
import { createExpirySweeper } from "./expiry-sweeper.js";
import { discountHandlers } from "./handlers/discount-handlers.js";
import { createHousekeeping } from "./housekeeping.js";
import { migrations } from "./migrations/index.js";
import type { Schema } from "./store/schema.js";

/** How long calls in flight may take to finish when the service ends. */
const graceMs = 10_000;

/** What the service is made with; its database is there already. */
export type BuildConfig = Pick<DiscountConfig, "host" | "port" | "identityDirectory" | "userUrls"> & {
  readonly databaseUrl: string;
  readonly log: Logger;
  /** Default: "charter". */
  readonly wire?: Wire;
  /** How the service can be watched. Default: on its own port, and without traces. */
  readonly observability?: ObservabilityOptions;
  /** Default: the machine's. */
  readonly clock?: Clock;
};

/** A running discount service. */
export interface Discount {
  readonly url: string;
  readonly port: number;
  /** Finishes what is in flight and lets everything go. */
  drain(): Promise<void>;
}

/** Brings the database up to date and serves. Throws PortTakenError when the port belongs to another process. */
export async function build(config: BuildConfig): Promise<Discount> {
  const { databaseUrl, identityDirectory, userUrls, log, wire, clock = systemClock } = config;
  const db = openDatabase<Schema>({
    url: databaseUrl,
    applicationName: "discount",
    onConnectionLost: (error) => log.warn({ err: error }, "a database connection was lost"),
    onStatement: traceStatement,
    boundsOf: currentContext,
  });
  const sweeper = createExpirySweeper({ db, clock, log });
  const housekeeping = createHousekeeping({ db, clock, log });
  const verifier = createVerifier({
    service: "discount",
    userAudience: "shop",
    userIssuer: "shop.user",
    userKeys: remoteKeySet(userUrls.map(keysAt), { clock }),
    serviceKeys: directoryKeySet(identityDirectory, { clock }),
    clock,
  });
  const server = createServer({
    name: "discount",
    implementations: [discountHandlers({ db, clock })],
    verifier,
    log,
    clock,
    ...(wire && { wire }),
    ...config.observability,
    idempotency: {
      store: createAnswerStore(db),
      keyReused: () => discountError(DiscountError.IDEMPOTENCY_KEY_REUSED),
    },
    readiness: { database: async () => void (await sql`SELECT 1`.execute(db)) },
  });
  try {
    await migrate(db, migrations);
    const { url, port } = await server.listen({ host: config.host, port: config.port });
    sweeper.start();
    housekeeping.start();
    return {
      url,
      port,
      async drain() {
        await server.drain({ graceMs });
        await Promise.all([sweeper.stop(), housekeeping.stop()]);
        await db.close();
      },
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}

const keysAt = (url: string) => `${url}/.well-known/jwks.json`;
