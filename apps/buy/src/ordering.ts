import { type Database, openDatabase } from "@charter/postgres";
import type { Handlers } from "@charter/server";
import { type Logger, type Tracer, traceStatement } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import type { Client } from "@connectrpc/connect";
import type { OrderService } from "@shop/contract/shop/buy/v1/order_service_pb.js";
import type { DeliveryService } from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import type { DiscountService } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { createCheckout } from "./checkout/create-checkout.js";
import { createFulfilmentFollower } from "./fulfilment/create-fulfilment-follower.js";
import { orderHandlers } from "./handlers/order-handlers.js";
import { EmbeddedProvider } from "./payment/embedded-provider.js";
import { OrderChanges } from "./store/order-changes.js";
import { readOrderVersions } from "./store/order-read.js";

/** What the order side of the shop works with. */
export interface OrderingDeps {
  readonly db: Database<unknown>;
  /** Where the embedded payment provider keeps its books; it opens connections of its own. */
  readonly providerUrl: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly discount: Client<typeof DiscountService>;
  readonly delivery: Client<typeof DeliveryService>;
  /** Records what checkouts do in the traces of their orders. Default: nothing is recorded. */
  readonly tracer?: Tracer | undefined;
}

/** Orders, their checkouts, and what follows them. */
export interface Ordering {
  readonly handlers: Partial<Handlers<typeof OrderService>>;
  /** Takes up checkouts and follows delivery's events. The database must be migrated. */
  start(): void;
  /** Ends the streams that watch orders, so that a server which drains need not wait for them. */
  endWatches(): void;
  /** Finishes the steps that are under way and lets everything go but `db`. */
  stop(): Promise<void>;
}

/** Puts the order side together. It does nothing by itself before `start`. */
export function createOrdering(deps: OrderingDeps): Ordering {
  const { db, providerUrl, clock, log, discount, delivery, tracer } = deps;
  const providerDb = openDatabase<unknown>({
    url: providerUrl,
    applicationName: "payment-provider",
    onStatement: traceStatement,
  });
  const payment = new EmbeddedProvider({ db: providerDb, log, clock });
  const changes = new OrderChanges({
    clock,
    readVersions: (ids) => readOrderVersions(db, ids),
    onError: (error) => log.warn({ err: error }, "changes of orders could not be looked for"),
  });
  const checkout = createCheckout({ db, clock, log, discount, delivery, payment }, { tracer });
  const follower = createFulfilmentFollower({ db, clock, log, delivery, checkout });
  return {
    handlers: orderHandlers({ db, clock, log, changes, checkout, discount, delivery }),
    start() {
      checkout.start();
      follower.start();
    },
    endWatches: () => changes.close(),
    async stop() {
      changes.close();
      await Promise.all([checkout.stop(), follower.stop()]);
      await payment.close();
      await providerDb.close();
    },
  };
}
