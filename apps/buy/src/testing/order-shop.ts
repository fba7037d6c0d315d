import { create } from "@bufbuild/protobuf";
import { createChannel } from "@charter/client";
import { openDatabase } from "@charter/postgres";
import { createLogger } from "@charter/telemetry";
import { ManualClock } from "@charter/testing";
import { type Clock, systemClock } from "@charter/time";
import {
  CancelOrderRequestSchema,
  OrderService,
  type PlaceOrderRequest,
  PlaceOrderRequestSchema,
} from "@shop/contract/shop/buy/v1/order_service_pb.js";
import { DeliveryService } from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { ServiceLevel } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import { DiscountService } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { type Checkout, createCheckout } from "../checkout/create-checkout.js";
import type { Order } from "../domain/order.js";
import { cancelOrder } from "../handlers/cancel-order.js";
import { getOrder } from "../handlers/get-order.js";
import { placeOrder } from "../handlers/place-order.js";
import { invariants } from "../invariants.js";
import { EmbeddedProvider } from "../payment/embedded-provider.js";
import { readCart, setCartItem } from "../store/carts.js";
import { OrderChanges } from "../store/order-changes.js";
import { readOrder, readOrderVersions } from "../store/order-read.js";
import { callAs } from "./call-as.js";
import { kept } from "./kept.js";
import { LeapingClock } from "./leaping-clock.js";
import { playServer } from "./played-server.js";
import { RememberingDelivery, SLOT_MINOR, STANDARD_MINOR } from "./remembering-delivery.js";
import { RememberingDiscount } from "./remembering-discount.js";
import { seedProduct } from "./seed-product.js";
import { openTestSchema } from "./test-schema.js";

/** What `place` orders; each has a default that works. */
export interface Wish {
  readonly sku?: string;
  readonly quantity?: number;
  readonly codes?: readonly string[];
  readonly slotId?: string;
  readonly paymentMethod?: string;
  readonly idempotencyKey?: string;
}

/** Bound on rounds of work and waiting until a checkout must have ended. */
const MAX_ROUNDS = 40;
const PRICE_MINOR = 1_000n;
/** More than the longest pause between two attempts. */
const ROUND_MS = 31_000;
/** Pauses between two attempts are neither nothing nor left to chance. */
export const CHECKOUT_OPTIONS = { concurrency: 8, random: () => 0.5 };
/** More than a busy machine needs for an operation. */
const PROVIDER_TIMEOUT_MS = 5_000;

/** How the shop's payment provider behaves. */
export interface ShopOptions {
  readonly providerTimeoutMs?: number;
  readonly providerLateMs?: number;
  /** Default: the machine's. */
  readonly providerClock?: Clock;
}

/** The order side of the shop on a real database, with discount and delivery played by real servers and a clock of the test's own. */
export async function openOrderShop({
  providerTimeoutMs = PROVIDER_TIMEOUT_MS,
  providerLateMs = 0,
  providerClock = systemClock,
}: ShopOptions = {}) {
  const clock = new ManualClock(Date.UTC(2024, 5, 1));
  const log = createLogger({ service: "test", level: "silent" });
  const schema = await openTestSchema();
  const { db } = schema;
  const providerDb = openDatabase<unknown>({
    url: schema.url,
    applicationName: "provider-test",
    maxConnections: 10,
  });
  const discount = new RememberingDiscount(clock);
  const delivery = new RememberingDelivery(clock);
  const discountServer = await playServer("discount", discount.implementation());
  const deliveryServer = await playServer("delivery", delivery.implementation());
  const channel = createChannel({
    targets: {
      "shop.discount.v1": { url: discountServer.url, audience: "discount" },
      "shop.delivery.v1": { url: deliveryServer.url, audience: "delivery" },
    },
    credentials: { tokenFor: async () => "buy" },
    clock: new LeapingClock(clock),
  });
  const provider = new EmbeddedProvider({
    db: providerDb,
    log,
    clock: providerClock,
    timeoutMs: providerTimeoutMs,
    lateMs: providerLateMs,
  });
  const clients = { discount: channel.client(DiscountService), delivery: channel.client(DeliveryService) };
  const deps = { db, clock, log, payment: provider, ...clients };
  const openCheckout = () => createCheckout(deps, CHECKOUT_OPTIONS);
  const checkout = openCheckout();
  const changes = new OrderChanges({
    clock,
    readVersions: (ids) => readOrderVersions(db, ids),
    onError: (error) => log.error({ err: error }, "orders could not be looked at"),
  });
  const orderDeps = { db, clock, log, changes, checkout, ...clients };
  const placing = kept(db, OrderService.method.placeOrder, placeOrder(orderDeps));
  const cancelling = kept(db, OrderService.method.cancelOrder, cancelOrder(orderDeps));
  await seedProduct(db, { sku: "A", onHand: 1_000n, priceMinor: PRICE_MINOR });

  const order = async (id: string): Promise<Order> => {
    const found = await readOrder(db, id);
    if (!found) throw new Error(`there is no order ${id}`);
    return found;
  };

  /** Fills the cart of a user and makes the request that orders it at its true price. */
  const wish = async (userId: string, wanted: Wish = {}): Promise<PlaceOrderRequest> => {
    const { sku = "A", quantity = 2, codes = [], slotId = "" } = wanted;
    await db
      .transaction()
      .execute((tx) =>
        setCartItem(tx, { userId, sku, quantity, expectedVersion: undefined, now: new Date(clock.nowMs()) }),
      );
    const goods = PRICE_MINOR * BigInt(quantity);
    const shipping = slotId === "" ? STANDARD_MINOR : SLOT_MINOR;
    const net = goods - (codes.length > 0 ? goods / 10n : 0n) + shipping;
    return create(PlaceOrderRequestSchema, {
      idempotencyKey: wanted.idempotencyKey ?? uuidv7(),
      cartVersion: (await readCart(db, userId)).version,
      expectedTotal: { currencyCode: "GBP", minor: net + net / 5n },
      codes: [...codes],
      shipTo: {
        recipient: "Ada",
        lines: ["1 High Street"],
        city: "London",
        region: "",
        postalCode: "SW1A 1AA",
        countryCode: "GB",
      },
      serviceLevel: slotId === "" ? ServiceLevel.STANDARD : ServiceLevel.SLOT,
      slotId,
      paymentMethod: wanted.paymentMethod ?? "pm_ok",
    });
  };

  const send = async (userId: string, request: PlaceOrderRequest): Promise<string> => {
    const { order: placed } = await placing(request, callAs(userId));
    return placed?.orderId ?? "";
  };

  /** Places an order of a new user. */
  const place = async (wanted: Wish = {}): Promise<string> => {
    const userId = uuidv7();
    return send(userId, await wish(userId, wanted));
  };

  /** Asks, as its customer, to call an order off. */
  const cancel = async (orderId: string, idempotencyKey: string = uuidv7()) => {
    const { userId = "" } = await order(orderId);
    const request = create(CancelOrderRequestSchema, { idempotencyKey, orderId, reason: "changed my mind" });
    return cancelling(request, callAs(userId));
  };

  const openCheckouts = async (): Promise<number> => {
    const { rows } = await sql<{ open: number }>`
      select count(*)::int as open from charter_saga where outcome is null`.execute(db);
    return rows[0]?.open ?? 0;
  };

  /** Lets checkouts work until all have ended, moving the clock over their pauses. */
  const settle = async (worker: Checkout = checkout): Promise<void> => {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      await worker.runDue();
      if ((await openCheckouts()) === 0) return;
      await clock.advance(ROUND_MS);
    }
    throw new Error("a checkout did not end");
  };

  /** Every row that breaks an invariant, by its title. */
  const violations = async (): Promise<readonly string[]> => {
    const broken: string[] = [];
    for (const { id, title, sql: query } of invariants) {
      const { rows } = await sql.raw(query).execute(db);
      if (rows.length > 0)
        broken.push(`${id} ${title}: ${JSON.stringify(rows, (_, value) => String(value))}`);
    }
    return broken;
  };

  const stock = async (sku = "A") => {
    const { rows } = await sql<{ onHand: bigint; reserved: bigint }>`
      select on_hand as "onHand", reserved from stock_level where sku = ${sku}`.execute(db);
    return rows[0];
  };

  const close = async () => {
    changes.close();
    channel.close();
    await provider.close();
    await Promise.all([discountServer.close(), deliveryServer.close()]);
    await providerDb.close();
    await schema.close();
  };

  return {
    ...{ db, clock, log, discount, delivery, provider, deps, orderDeps, checkout, changes },
    ...{ openCheckout, order, wish, send, place, cancel, settle, openCheckouts, violations, stock, close },
    getOrder: (userId: string, orderId: string) =>
      getOrder(orderDeps)({ $typeName: "shop.buy.v1.GetOrderRequest", orderId }, callAs(userId)),
  };
}

export type OrderShop = Awaited<ReturnType<typeof openOrderShop>>;
