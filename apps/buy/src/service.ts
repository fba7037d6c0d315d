import { type Channel, createChannel } from "@charter/client";
import {
  createVerifier,
  directoryKeySet,
  loadServiceIdentity,
  remoteKeySet,
  type Verifier,
} from "@charter/identity";
import { createAnswerStore, type Database, migrate, openDatabase } from "@charter/postgres";
import {
  contractError,
  createServer,
  implement,
  type ObservabilityOptions,
  type Server,
  type Wire,
} from "@charter/server";
import { currentContext, type Logger, traceStatement } from "@charter/telemetry";
import { type Clock, systemClock } from "@charter/time";
import { CartService } from "@shop/contract/shop/buy/v1/cart_service_pb.js";
import { CatalogService } from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import { BuyError, BuyErrorSchema } from "@shop/contract/shop/buy/v1/errors_pb.js";
import { OrderService } from "@shop/contract/shop/buy/v1/order_service_pb.js";
import { StorefrontService } from "@shop/contract/shop/buy/v1/storefront_service_pb.js";
import { DeliveryService } from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { DiscountService } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { sql } from "kysely";
import type { BuyConfig } from "./config.js";
import { cartHandlers } from "./handlers/cart-handlers.js";
import { catalogHandlers } from "./handlers/catalog-handlers.js";
import { loadPage } from "./handlers/load-page.js";
import { createHousekeeping } from "./housekeeping.js";
import { migrations } from "./migrations/index.js";
import { createOrdering, type Ordering } from "./ordering.js";

/** How long calls in flight may take to finish when the service ends. */
const GRACE_MS = 10_000;
/** Calls and checkouts share them. */
const MAX_CONNECTIONS = 24;

/** What the service is made with; its database is there already. */
export type BuildConfig = Pick<BuyConfig, "host" | "port" | "identityDirectory" | "peers"> & {
  readonly databaseUrl: string;
  readonly log: Logger;
  /** Default: "charter". */
  readonly wire?: Wire;
  /** How the service can be watched. Default: on its own port, and without traces. */
  readonly observability?: ObservabilityOptions;
  /** Default: the machine's. */
  readonly clock?: Clock;
};

/** A running buy service. */
export interface Buy {
  readonly url: string;
  readonly port: number;
  /** Finishes what is in flight and lets everything go. */
  drain(): Promise<void>;
}

/** Brings the database up to date and serves. Throws PortTakenError when the port belongs to another process. */
export async function build(config: BuildConfig): Promise<Buy> {
  const db = open(config, "buy");
  const channel = await connect(config);
  config.observability?.metrics?.collector(() => channel.samples());
  const ordering = orderingOf(config, { db, channel });
  const housekeeping = createHousekeeping({ db, clock: config.clock ?? systemClock, log: config.log });
  const letGo = async () => {
    await Promise.all([ordering.stop(), housekeeping.stop()]);
    channel.close();
    await db.close();
  };
  try {
    await migrate(db, migrations);
    const server = serve(config, { db, channel, ordering });
    const { url, port } = await server.listen({ host: config.host, port: config.port });
    ordering.start();
    housekeeping.start();
    return {
      url,
      port,
      async drain() {
        ordering.endWatches();
        await server.drain({ graceMs: GRACE_MS });
        await letGo();
      },
    };
  } catch (error) {
    await letGo();
    throw error;
  }
}

interface Parts {
  readonly db: Database<unknown>;
  readonly channel: Channel;
}

function orderingOf(config: BuildConfig, { db, channel }: Parts): Ordering {
  const { log, clock = systemClock, databaseUrl } = config;
  const discount = channel.client(DiscountService);
  const delivery = channel.client(DeliveryService);
  const tracer = config.observability?.tracer;
  return createOrdering({ db, providerUrl: databaseUrl, clock, log, discount, delivery, tracer });
}

function serve(
  config: BuildConfig,
  { db, channel, ordering }: Parts & { readonly ordering: Ordering },
): Server {
  const { log, clock = systemClock, wire } = config;
  const discount = channel.client(DiscountService);
  const delivery = channel.client(DeliveryService);
  const deps = { db, clock, log, discount, delivery };
  return createServer({
    name: "buy",
    implementations: [
      implement(CatalogService, catalogHandlers(deps)),
      implement(CartService, cartHandlers(deps)),
      implement(OrderService, ordering.handlers),
      implement(StorefrontService, { loadPage: loadPage(deps) }),
    ],
    verifier: verifier(config, clock),
    log,
    clock,
    ...(wire && { wire }),
    ...config.observability,
    idempotency: {
      store: createAnswerStore(db),
      keyReused: () => contractError(BuyErrorSchema, BuyError.IDEMPOTENCY_KEY_REUSED),
    },
    readiness: { database: async () => void (await sql`select 1`.execute(db)) },
  });
}

function open({ databaseUrl, log }: BuildConfig, applicationName: string): Database<unknown> {
  return openDatabase<unknown>({
    url: databaseUrl,
    applicationName,
    maxConnections: MAX_CONNECTIONS,
    onConnectionLost: (error) => log.warn({ err: error }, "a database connection was lost"),
    onStatement: traceStatement,
    boundsOf: currentContext,
  });
}

async function connect({ identityDirectory, peers, wire, log }: BuildConfig): Promise<Channel> {
  return createChannel({
    targets: {
      "shop.discount.v1": { url: peers.discount, audience: "discount" },
      "shop.delivery.v1": { url: peers.delivery, audience: "delivery" },
    },
    credentials: await loadServiceIdentity({ directory: identityDirectory, service: "buy" }),
    ...(wire && { wire }),
    log,
  });
}

function verifier({ identityDirectory, peers }: BuildConfig, clock: Clock): Verifier {
  return createVerifier({
    service: "buy",
    userAudience: "shop",
    userIssuer: "shop.user",
    userKeys: remoteKeySet(peers.user.map(keysAt), { clock }),
    serviceKeys: directoryKeySet(identityDirectory, { clock }),
    clock,
  });
}

const keysAt = (url: string) => `${url}/.well-known/jwks.json`;
