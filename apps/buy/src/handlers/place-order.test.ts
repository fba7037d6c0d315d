import { errorReason } from "@charter/client";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { PlaceOrderRequest } from "@shop/contract/shop/buy/v1/order_service_pb.js";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { type OrderShop, openOrderShop, type Wish } from "../testing/order-shop.js";
import { CODE } from "../testing/remembering-discount.js";
import { seedProduct } from "../testing/seed-product.js";

let shop: OrderShop;
beforeAll(async () => {
  shop = await openOrderShop();
});
afterAll(() => shop.close());

/** Everything that an order would leave behind. */
async function counted() {
  const { rows } = await sql<Record<string, number>>`
    select (select count(*) from orders)::int as orders, (select count(*) from charter_saga)::int as checkouts,
      (select count(*) from order_payments)::int as payments, (select count(*) from charter_answer)::int as answers,
      (select count(*) from stock_reservation)::int as reservations`.execute(shop.db);
  return rows[0];
}

const reasonOf = (refused: Promise<unknown>) =>
  refused.then(
    () => "accepted",
    (error: unknown) => errorReason(error)?.reason,
  );

/** The most repeats of a shopper whom a neighbour, busy with all the others, turns away. */
const PATIENCE = 50;

/** Sends an order until it is answered for good, as a shopper would: under one key. */
async function insist(
  userId: string,
  request: PlaceOrderRequest,
): Promise<{ readonly id?: string; readonly reason?: string }> {
  for (let sent = 0; sent < PATIENCE; sent += 1) {
    try {
      return { id: await shop.send(userId, request) };
    } catch (error) {
      const { reason = "" } = errorReason(error) ?? {};
      if (!reason.endsWith("_UNAVAILABLE")) return { reason };
    }
  }
  throw new Error("the neighbours are too busy for the whole time");
}

/** The same for an order of a new user. */
async function race(wanted: Wish) {
  const userId = uuidv7();
  return insist(userId, await shop.wish(userId, wanted));
}

describe("PlaceOrder", () => {
  it("freezes the price that was agreed to", async () => {
    const id = await shop.place({ quantity: 3, codes: [CODE] });
    const { price, delivery } = await shop.order(id);
    expect(price).toMatchObject({
      itemsMinor: 3_000n,
      discountMinor: 300n,
      shippingMinor: 500n,
      taxMinor: 640n,
      totalMinor: 3_840n,
    });
    expect(price.adjustments).toMatchObject([{ code: CODE, amountMinor: 300n }]);
    expect(delivery).toMatchObject({ quoteId: "quote-1", serviceLevel: "STANDARD" });
    await shop.settle();
  });

  it("makes one order, one authorisation and one shipment of the same request sent 50 times at once", async () => {
    const shipments = shop.delivery.shipments.size;
    const before = await counted();
    const userId = uuidv7();
    const request = await shop.wish(userId, { codes: [CODE] });
    const sent = await Promise.all(Array.from({ length: 50 }, () => insist(userId, request)));
    const ids = sent.map(({ id }) => id);
    expect(new Set(ids)).toEqual(new Set([expect.any(String)]));
    await Promise.all([shop.checkout.runDue(), shop.openCheckout().runDue()]);
    await shop.settle();
    const after = await counted();
    expect((after?.orders ?? 0) - (before?.orders ?? 0)).toBe(1);
    expect(shop.delivery.shipments.size).toBe(shipments + 1);
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from provider.authorizations where reference = ${ids[0]}`.execute(shop.db);
    expect(rows).toEqual([{ n: 1 }]);
    expect(await shop.violations()).toEqual([]);
  });

  it("answers a repeat as the first time, even when cart and order have moved on", async () => {
    const userId = uuidv7();
    const request = await shop.wish(userId);
    const id = await shop.send(userId, request);
    await shop.settle();
    expect(await shop.send(userId, request)).toBe(id);
  });

  it("keeps the keys of two users apart", async () => {
    const [one, other] = [uuidv7(), uuidv7()];
    const id = await shop.send(one, await shop.wish(one, { idempotencyKey: "mine" }));
    expect(await shop.send(other, await shop.wish(other, { idempotencyKey: "mine" }))).not.toBe(id);
    await shop.settle();
  });

  it("sells the 10 units that there are to 200 shoppers who race for them", async () => {
    await seedProduct(shop.db, { sku: "RARE", onHand: 10n, priceMinor: 1_000n });
    const racing = Array.from({ length: 200 }, () => race({ sku: "RARE", quantity: 1 }));
    const outcomes = await Promise.all(racing);
    expect(outcomes.filter(({ id }) => id !== undefined)).toHaveLength(10);
    expect(outcomes.filter(({ reason }) => reason === "OUT_OF_STOCK")).toHaveLength(190);
    await Promise.all([shop.checkout.runDue(), shop.openCheckout().runDue()]);
    await shop.settle();
    expect(await shop.stock("RARE")).toEqual({ onHand: 0n, reserved: 0n });
    expect(await shop.violations()).toEqual([]);
  });

  it("honours a code limited to 10 for 10 of 20 shoppers; the others' orders fail with everything released", async () => {
    shop.discount.limit = [...shop.discount.redemptions.values()].length + 10;
    const placed = await Promise.all(Array.from({ length: 20 }, () => race({ codes: [CODE] })));
    const ids = placed.map(({ id }) => id ?? "");
    await Promise.all([shop.checkout.runDue(), shop.openCheckout().runDue()]);
    await shop.settle();
    shop.discount.limit = 1_000_000;
    const states = await Promise.all(ids.map(async (id) => (await shop.order(id)).state));
    expect(states.filter((state) => state === "CONFIRMED")).toHaveLength(10);
    expect(states.filter((state) => state === "FAILED")).toHaveLength(10);
    expect(await shop.violations()).toEqual([]);
  });
});

describe("PlaceOrder that is refused", () => {
  /** The reason, and whether anything was left behind. */
  async function refusal(send: () => Promise<unknown>) {
    const before = await counted();
    const reason = await reasonOf(send());
    return { reason, clean: JSON.stringify(await counted()) === JSON.stringify(before) };
  }

  it("says PRICE_CHANGED where the order would cost something else", async () => {
    const userId = uuidv7();
    const request = await shop.wish(userId);
    await sql`update product set price_minor = 1001 where sku = 'A'`.execute(shop.db);
    const before = await counted();
    expect(await insist(userId, request)).toEqual({ reason: "PRICE_CHANGED" });
    expect(await counted()).toEqual(before);
    await sql`update product set price_minor = 1000 where sku = 'A'`.execute(shop.db);
    expect(await insist(userId, request)).toEqual({ id: expect.any(String) });
    await shop.settle();
  });

  it("says CART_CHANGED, CART_EMPTY, PRODUCT_WITHDRAWN and OUT_OF_STOCK", async () => {
    const userId = uuidv7();
    const request = await shop.wish(userId, { quantity: 1 });
    await shop.wish(userId, { quantity: 2 });
    expect(await refusal(() => shop.send(userId, request))).toEqual({ reason: "CART_CHANGED", clean: true });
    const none = await shop.wish(userId, { quantity: 0 });
    expect(await refusal(() => shop.send(userId, none))).toEqual({ reason: "CART_EMPTY", clean: true });

    await seedProduct(shop.db, { sku: "SCARCE", onHand: 1n });
    const two = await shop.wish(userId, { sku: "SCARCE", quantity: 2 });
    expect(await refusal(() => shop.send(userId, two))).toEqual({ reason: "OUT_OF_STOCK", clean: true });

    await shop.wish(userId, { quantity: 1 });
    const mixed = await shop.wish(userId, { sku: "SCARCE", quantity: 1 });
    await sql`update product set state = 'WITHDRAWN' where sku = 'SCARCE'`.execute(shop.db);
    expect(await refusal(() => shop.send(userId, mixed))).toEqual({
      reason: "PRODUCT_WITHDRAWN",
      clean: true,
    });
  });

  it.each(["lost_before", "hangs"] as const)(
    "gives no discount away while the discount service %s",
    async (mishap) => {
      const userId = uuidv7();
      const request = await shop.wish(userId, { codes: [CODE] });
      shop.discount.mishaps.keep("evaluate", mishap);
      expect(await refusal(() => shop.send(userId, request))).toEqual({
        reason: "DISCOUNTS_UNAVAILABLE",
        clean: true,
      });
      shop.discount.mishaps.clear();
    },
  );

  it("takes an order at the full price while the discount service is away", async () => {
    const userId = uuidv7();
    const request = await shop.wish(userId);
    shop.discount.mishaps.keep("evaluate", "lost_before");
    expect(await reasonOf(shop.send(userId, { ...request, codes: [CODE] }))).toBe("accepted");
    shop.discount.mishaps.clear();
    await shop.settle();
  });

  it("takes no order while nobody can say what delivery costs", async () => {
    const userId = uuidv7();
    const request = await shop.wish(userId);
    shop.delivery.mishaps.keep("quote", "lost_before");
    expect(await refusal(() => shop.send(userId, request))).toEqual({
      reason: "DELIVERY_UNAVAILABLE",
      clean: true,
    });
    shop.delivery.mishaps.clear();
  });
});
