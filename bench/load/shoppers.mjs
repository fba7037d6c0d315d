// Those who order in the shop. They talk to it over RPC alone, through Charter's client.

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { createChannel } from "@charter/client";
import { CartService } from "@shop/contract/shop/buy/v1/cart_service_pb.js";
import { CatalogService } from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import { OrderState } from "@shop/contract/shop/buy/v1/order_pb.js";
import { OrderService } from "@shop/contract/shop/buy/v1/order_service_pb.js";
import { DiscountClass, Trigger } from "@shop/contract/shop/discount/v1/campaign_pb.js";
import { DiscountService } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";

/** As many as may register in one go from one address. */
export const SHOPPERS = 256;
const PRODUCTS = 200;
const STOCK = 1_000_000n;
const CODE = "BENCH10";
const MAX_ATTEMPTS = 20;
const PAUSE_MS = 100;
/** Preparations that run at once. */
const AT_ONCE = 8;
const CHECKED_OUT_WITHIN_MS = 60_000;
const OPENED_AT = new Date("2020-01-01T00:00:00Z");

const shipTo = {
  recipient: "Grace Hopper",
  lines: ["1 Mill Lane"],
  city: "Cambridge",
  region: "",
  postalCode: "CB2 1RX",
  countryCode: "GB",
};

/** Opens the shop for the benchmark: goods, a campaign with a code, and shoppers who have logged in. */
export async function openShoppers({ services, operator }) {
  const targets = Object.fromEntries(
    Object.entries(services).map(([name, { url }]) => [`shop.${name}.v1`, { url, audience: name }]),
  );
  const channel = createChannel({ targets });
  const clients = {
    users: channel.client(UserService),
    discounts: channel.client(DiscountService),
    catalog: channel.client(CatalogService),
    cart: channel.client(CartService),
    orders: channel.client(OrderService),
  };
  try {
    const acting = await logIn(clients, operator);
    await clients.catalog.importProducts(products(), acting);
    await createCampaign(clients, acting);
    const shoppers = await inBatches(Array.from({ length: SHOPPERS }), () => register(clients));
    return {
      /** Fills every shopper's cart and agrees on a price; answers one function a shopper, which orders that. */
      prepare: (round) =>
        inBatches(shoppers, (shopper, index) => patiently(() => fillCart(clients, shopper, round, index))),
      close: () => channel.close(),
    };
  } catch (error) {
    channel.close();
    throw error;
  }
}

async function register(clients) {
  const account = { email: `${randomUUID()}@charter.example`, password: randomUUID() };
  const request = { idempotencyKey: randomUUID(), ...account };
  await patiently(() => clients.users.register(request));
  return patiently(() => logIn(clients, account));
}

/** Call options that act as an account. */
async function logIn({ users }, { email, password }) {
  const { tokens } = await users.login({ email, password, clientLabel: "bench" });
  return { headers: { authorization: `Bearer ${tokens.accessToken}` } };
}

async function fillCart({ cart, orders }, acting, round, index) {
  const sku = skuOf((index * 7 + round * 13) % PRODUCTS);
  await cart.setItem({ sku, quantity: 1 }, acting);
  const quote = await wholeQuote(cart, acting);
  const order = {
    idempotencyKey: randomUUID(),
    cartVersion: quote.cartVersion,
    expectedTotal: quote.price.total,
    codes: [CODE],
    shipTo,
    serviceLevel: quote.serviceLevel,
    paymentMethod: "pm_ok",
  };
  return () => checkOut(orders, order, acting);
}

/** A quote that misses neither discounts nor delivery, as it does when the machine is busy. */
async function wholeQuote(cart, acting) {
  const { quote } = await cart.quoteCart({ codes: [CODE], shipTo }, acting);
  if (quote?.price?.total && !quote.deliveryUnavailable && !quote.discountsUnavailable) return quote;
  throw new Error("a quote without discounts or delivery");
}

/** What only prepares may be repeated; what is measured may not. */
async function patiently(work) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

/** Orders and follows the saga until the order is confirmed. */
async function checkOut(orders, order, acting) {
  const { order: placed } = await orders.placeOrder(order, acting);
  const stream = orders.watchOrder(
    { orderId: placed.orderId },
    { ...acting, timeoutMs: CHECKED_OUT_WITHIN_MS },
  );
  for await (const { order: now } of stream) {
    if (now.state === OrderState.FAILED || now.state === OrderState.CANCELLED)
      throw new Error(`order ${now.orderId} ended ${OrderState[now.state]}: ${now.failure?.explanation}`);
    if (now.state !== OrderState.PENDING) return;
  }
  throw new Error(`order ${placed.orderId} was not followed to its end`);
}

const skuOf = (index) => `BENCH-${String(index).padStart(3, "0")}`;

async function* products() {
  for (let index = 0; index < PRODUCTS; index += 1) {
    const sku = skuOf(index);
    yield {
      product: {
        sku,
        name: `Article ${index}`,
        description: "",
        price: { currencyCode: "GBP", minor: 2_500n },
        collections: ["bench"],
        weightGrams: 400,
      },
      observeTime: timestampFromDate(OPENED_AT),
      stockReceipt: { receiptKey: `bench:${sku}`, quantity: STOCK },
    };
  }
}

function createCampaign({ discounts }, acting) {
  const spec = {
    name: "Benchmark, by code",
    title: "10 % off",
    trigger: Trigger.CODE,
    codes: [CODE],
    benefit: { kind: { case: "percentage", value: { basisPoints: 1_000 } } },
    scope: { kind: { case: "order", value: {} } },
    combinesWith: [DiscountClass.SHIPPING],
  };
  return discounts.createCampaign({ idempotencyKey: `bench:${CODE}`, spec }, acting);
}

/** Runs `work` for every item, a few at a time, and keeps the order. */
async function inBatches(items, work) {
  const results = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    const batch = items.slice(from, from + AT_ONCE);
    results.push(...(await Promise.all(batch.map((item, index) => work(item, from + index)))));
  }
  return results;
}
