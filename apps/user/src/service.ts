import { createUserTokenIssuer, createVerifier, directoryKeySet } from "@charter/identity";
import { createAnswerStore, migrate, openDatabase } from "@charter/postgres";
import { createServer, type ObservabilityOptions, type Wire } from "@charter/server";
import { currentContext, type Logger, traceStatement } from "@charter/telemetry";
import { type Clock, systemClock } from "@charter/time";
import { sql } from "kysely";
import type { UserConfig } from "./config.js";
import type { UserDeps } from "./handlers/user-deps.js";
import { userHandlers } from "./handlers/user-handlers.js";
import { createHousekeeping } from "./housekeeping.js";
import { createKeyRing } from "./keys/key-ring.js";
import { createOutboxMailer } from "./mail/outbox-mailer.js";
import { migrations } from "./migrations/index.js";
import { seedOperator } from "./operator/seed-operator.js";
import { createPasswordHasher } from "./passwords/password-hasher.js";
import type { UserDatabase, UserSchema } from "./store/schema.js";
import { UserError, userError } from "./user-error.js";

/** Who vouches for access tokens, and whom they are for; every service of the shop checks both. */
const tokenIssuer = "shop.user";
const tokenAudience = "shop";
/** How long calls in flight may take to finish when the service ends. */
const graceMs = 10_000;

/** What the service is made with; its database is there already. */
export type BuildConfig = Pick<UserConfig, "host" | "port" | "identityDirectory" | "operator"> & {
  readonly databaseUrl: string;
  readonly log: Logger;
  /** Default: "charter". */
  readonly wire?: Wire;
  /** How the service can be watched. Default: on its own port, and without traces. */
  readonly observability?: ObservabilityOptions;
  /** Default: the machine's. */
  readonly clock?: Clock;
};

/** A running user service. */
export interface UserProcess {
  readonly url: string;
  readonly port: number;
  /** Finishes what is in flight and lets everything go. */
  drain(): Promise<void>;
}

/**
 * Brings the database up to date, sees to the operator, and serves. Throws PortTakenError when the port belongs to
 * another process.
 */
export async function build(config: BuildConfig): Promise<UserProcess> {
  const { log, clock = systemClock } = config;
  const db = open(config);
  try {
    await migrate(db, migrations);
    const deps = await createDependencies(db, log, clock);
    if (config.operator) await seedOperator(deps, config.operator);
    const server = serve(config, deps);
    const housekeeping = createHousekeeping({ db, clock, log });
    const { url, port } = await server.listen({ host: config.host, port: config.port });
    housekeeping.start();
    return {
      url,
      port,
      async drain() {
        await server.drain({ graceMs });
        await housekeeping.stop();
        await db.close();
      },
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}

function open({ databaseUrl, log }: BuildConfig): UserDatabase {
  return openDatabase<UserSchema>({
    url: databaseUrl,
    applicationName: "user",
    onConnectionLost: (error) => log.warn({ err: error }, "a database connection was lost"),
    onStatement: traceStatement,
    boundsOf: currentContext,
  });
}

async function createDependencies(db: UserDatabase, log: Logger, clock: Clock): Promise<UserDeps> {
  const keyRing = createKeyRing({ db, clock });
  const currentKey = () => keyRing.currentKey();
  return {
    db,
    clock,
    hasher: await createPasswordHasher(),
    mailer: createOutboxMailer({ clock, log }),
    keyRing,
    issuer: createUserTokenIssuer({ issuer: tokenIssuer, audience: tokenAudience, currentKey, clock }),
  };
}

function serve({ identityDirectory, log, wire, observability }: BuildConfig, deps: UserDeps) {
  const { db, clock, keyRing } = deps;
  return createServer({
    name: "user",
    implementations: [userHandlers(deps)],
    verifier: createVerifier({
      service: "user",
      userAudience: tokenAudience,
      userIssuer: tokenIssuer,
      userKeys: keyRing,
      serviceKeys: directoryKeySet(identityDirectory, { clock }),
      clock,
    }),
    log,
    clock,
    ...(wire && { wire }),
    ...observability,
    idempotency: {
      store: createAnswerStore(db),
      keyReused: () => userError(UserError.IDEMPOTENCY_KEY_REUSED),
    },
    readiness: { database: async () => void (await sql`SELECT 1`.execute(db)) },
    wellKnown: { "/.well-known/jwks.json": async () => ({ keys: await keyRing.publicKeys() }) },
  });
}
