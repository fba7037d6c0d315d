import { randomUUID } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { retryAfterMs } from "@charter/client";
import { sleep, systemClock } from "@charter/time";
import { type Order, OrderState } from "@shop/contract/shop/buy/v1/order_pb.js";
import type { PlaceOrderRequestSchema } from "@shop/contract/shop/buy/v1/order_service_pb.js";
import { login, type ShopClients } from "../shop-clients.js";
import { PAUSE_MS, patiently } from "./patiently.js";
import type { TestStack } from "./test-stack.js";

/** Preparations that run at once: more would only wait for each other, beyond their deadlines on a busy machine. */
const AT_ONCE = 16;
/** The longest deadline that the contract allows to PlaceOrder, for a race of hundreds. */
const RACE_TIMEOUT_MS = 15_000;

/** The most looks at one quote. */
const MAX_QUOTES = 500;

export const shipTo = {
  recipient: "Grace Hopper",
  lines: ["1 Mill Lane"],
  city: "Cambridge",
  region: "",
  postalCode: "CB2 1RX",
  countryCode: "GB",
};

/** Shoppers who have registered and logged in. */
export function registerShoppers(test: TestStack, count: number): Promise<ShopClients[]> {
  return inBatches(Array.from({ length: count }), () => registerShopper(test));
}

/** Prepares a race: runs `work` for every item, a few at a time, and keeps the order. */
export async function inBatches<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    const batch = items.slice(from, from + AT_ONCE);
    results.push(...(await Promise.all(batch.map((item, index) => work(item, from + index)))));
  }
  return results;
}

/** A shopper who has registered and logged in. */
export async function registerShopper(test: Pick<TestStack, "connect">): Promise<ShopClients> {
  const shop = test.connect();
  const account = { email: `${randomUUID()}@charter.example`, password: randomUUID() };
  const registration = { idempotencyKey: randomUUID(), ...account };
  await patiently(() => shop.users.register(registration));
  await patiently(() => login(shop, account.email, account.password));
  return shop;
}

export interface Wish {
  sku: string;
  quantity: number;
  codes?: string[];
  paymentMethod?: string;
}

/** Fills the cart, asks for a quote, and answers the order that agrees with it, under a key of its own. May be repeated. */
export async function prepareOrder(
  shop: ShopClients,
  wish: Wish,
): Promise<MessageInitShape<typeof PlaceOrderRequestSchema>> {
  const codes = wish.codes ?? [];
  await shop.cart.setItem({ sku: wish.sku, quantity: wish.quantity });
  const quote = await wholeQuote(shop, codes);
  if (!quote?.price?.total) throw new Error("the quote has no price");
  return {
    idempotencyKey: randomUUID(),
    cartVersion: quote.cartVersion,
    expectedTotal: quote.price.total,
    codes,
    shipTo,
    serviceLevel: quote.serviceLevel,
    paymentMethod: wish.paymentMethod ?? "pm_ok",
  };
}

/** Asks until neither discounts nor delivery are missing from the quote. */
async function wholeQuote(shop: ShopClients, codes: string[]) {
  for (let attempt = 1; attempt < MAX_QUOTES; attempt += 1) {
    const { quote } = await shop.cart.quoteCart({ codes, shipTo });
    if (!quote?.deliveryUnavailable && !quote?.discountsUnavailable) return quote;
    await sleep(systemClock, PAUSE_MS);
  }
  throw new Error("the quote stays without discounts or delivery");
}

/** Sends an order until it is answered for good, under its one key. */
export async function insist(
  shop: ShopClients,
  request: MessageInitShape<typeof PlaceOrderRequestSchema>,
): Promise<Order> {
  const { order } = await patiently(() => shop.orders.placeOrder(request, { timeoutMs: RACE_TIMEOUT_MS }));
  if (!order) throw new Error("the answer has no order");
  return order;
}

/** Follows an order until it is decided: delivered, failed or cancelled. A lost stream is taken up again. */
export async function finished(shop: ShopClients, orderId: string): Promise<Order> {
  for (let attempt = 0; attempt < MAX_RECONNECTS; attempt += 1) {
    try {
      let last: Order | undefined;
      for await (const { order } of shop.orders.watchOrder({ orderId }, { timeoutMs: 60_000 })) last = order;
      if (last && terminal.has(last.state)) return last;
    } catch (error) {
      if (attempt === MAX_RECONNECTS - 1) throw error;
      await sleep(systemClock, retryAfterMs(error) ?? PAUSE_MS);
    }
  }
  throw new Error(`order ${orderId} is not finished`);
}

const MAX_RECONNECTS = 200;
const terminal: ReadonlySet<OrderState> = new Set([
  OrderState.DELIVERED,
  OrderState.FAILED,
  OrderState.CANCELLED,
]);
