import { randomUUID } from "node:crypto";
import { errorReason } from "@charter/client";
import { sleep, systemClock } from "@charter/time";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { CartService } from "@shop/contract/shop/buy/v1/cart_service_pb.js";
import { CatalogService } from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import { OrderState } from "@shop/contract/shop/buy/v1/order_pb.js";
import { OrderService } from "@shop/contract/shop/buy/v1/order_service_pb.js";
import { StorefrontService } from "@shop/contract/shop/buy/v1/storefront_service_pb.js";
import { DeliveryService } from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { Trigger } from "@shop/contract/shop/discount/v1/campaign_pb.js";
import { DiscountService } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";
import { serviceNames } from "./launch/services.js";
import type { ShopClients } from "./shop-clients.js";
import { bareCalls } from "./testing/bare-calls.js";
import { type ShopFleet, startShopFleet } from "./testing/shop-fleet.js";
import { finished, prepareOrder, registerShopper, shipTo } from "./testing/shoppers.js";

/** Between two calls of one kind, so that the load leaves a small machine room for the processes that start. */
const PACE_MS = 50;
/** A call may take what its contract allows at most; nothing is lost by being slow. */
const patient = { timeoutMs: 60_000 };
const SKU = "MUG-STONE-01";

bareCalls(
  UserService,
  DiscountService,
  DeliveryService,
  CatalogService,
  CartService,
  OrderService,
  StorefrontService,
);

let fleet: ShopFleet;
let shopper: ShopClients;
let buyer: ShopClients;
beforeAll(async () => {
  fleet = await startShopFleet(2);
  shopper = await registerShopper(fleet);
  buyer = await registerShopper(fleet);
}, 120_000);
afterAll(() => fleet.stop());

type Load = () => Promise<unknown>;

/** Unary calls without and with effects, and streams of either direction, to all four services. */
function loads(): Record<string, Load> {
  const { operator } = fleet;
  const campaignSpec = () => ({
    name: "Rolling",
    title: "Rolling",
    trigger: Trigger.CODE,
    codes: [randomUUID().slice(0, 12)],
    benefit: { kind: { case: "percentage" as const, value: { basisPoints: 100 } } },
    scope: { kind: { case: "order" as const, value: {} } },
  });
  // One message, for a client keeps no more than the beginning of a stream to send it again where it was not seen.
  async function* customers() {
    yield { externalRef: "rolling:1" };
  }
  return {
    "user, unary": () => shopper.users.getMe({}, patient),
    "user, unary with effects": async () => {
      const added = { idempotencyKey: randomUUID(), label: "Mill", postalAddress: shipTo };
      const { address } = await shopper.users.addAddress(added, patient);
      await shopper.users.removeAddress({ addressId: address?.addressId ?? "" }, patient);
    },
    "user, stream of requests": () => operator.users.importCustomers(customers(), patient),
    "discount, unary": () => operator.discounts.listCampaigns({ page: { pageSize: 5 } }, patient),
    "discount, unary with effects": () =>
      operator.discounts.createCampaign({ idempotencyKey: randomUUID(), spec: campaignSpec() }, patient),
    "buy, unary": () => shopper.catalog.getProduct({ sku: SKU }, patient),
    "buy, stream of answers": async () => {
      const parts = [];
      for await (const { part } of shopper.storefront.loadPage({})) parts.push(part.case);
      if (parts.length !== 3) throw new Error(`a page came with ${parts}`);
    },
    "buy, orders": async () => {
      const { order } = await buyer.orders.placeOrder(
        await prepareOrder(buyer, { sku: SKU, quantity: 1 }),
        patient,
      );
      const end = await finished(buyer, order?.orderId ?? "");
      if (end.state !== OrderState.DELIVERED) throw new Error(`an order ended ${OrderState[end.state]}`);
      // The checkout empties the cart last; a shopper who goes on before would see it change.
      while ((await buyer.cart.getCart({}, patient)).cart?.lines.length) await sleep(systemClock, PACE_MS);
    },
    "delivery, unary": () =>
      shopper.deliveries.quote({ destination: shipTo, items: [{ quantity: 1, weightGrams: 100 }] }, patient),
  };
}

interface Report {
  readonly calls: number;
  readonly errors: readonly unknown[];
}

async function until(over: AbortSignal, call: Load): Promise<Report> {
  let calls = 0;
  const errors: unknown[] = [];
  while (!over.aborted) {
    calls += 1;
    await call().catch((error: unknown) => {
      // Processes that share a busy machine may find themselves overloaded; that is no call lost to a restart.
      if (errorReason(error)?.reason !== "OVERLOADED") errors.push(error);
    });
    await sleep(systemClock, PACE_MS);
  }
  return { calls, errors };
}

describe("SIGTERM of every process of the shop, one after the other, under load", () => {
  it("fails no call and no stream, with retries off, and leaves every order whole", async () => {
    const over = new AbortController();
    const running = Object.entries(loads()).map(
      async ([kind, load]) => [kind, await until(over.signal, load)] as const,
    );
    for (const name of serviceNames) {
      for (const index of [0, 1]) await fleet.restart(name, index);
    }
    over.abort();
    const reports = await Promise.all(running);
    const failed = reports.filter(([, { errors }]) => errors.length > 0);
    expect(failed).toEqual([]);
    expect(reports.filter(([, { calls }]) => calls < 5)).toEqual([]);
    expect(await fleet.violations()).toEqual([]);
  }, 120_000);
});
