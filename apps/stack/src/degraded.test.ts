import { create } from "@bufbuild/protobuf";
import { errorReason, FALLBACK_HEADER } from "@charter/client";
import { Code } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { OrderState } from "@shop/contract/shop/buy/v1/order_pb.js";
import { PlaceOrderRequestSchema } from "@shop/contract/shop/buy/v1/order_service_pb.js";
import { ServiceLevel } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import { seedCampaigns } from "./seed/catalogue.js";
import type { ShopClients } from "./shop-clients.js";
import { type ShopFleet, startShopFleet } from "./testing/shop-fleet.js";
import { finished, prepareOrder, registerShopper, shipTo } from "./testing/shoppers.js";

const SKU = "LAMP-OAK-01";
const codes = [seedCampaigns.welcome.code];
/** A call may take what its contract allows at most: what is tested is what it answers. */
const patient = { timeoutMs: 60_000 };

let fleet: ShopFleet;
let shopper: ShopClients;
beforeAll(async () => {
  fleet = await startShopFleet(1);
  shopper = await registerShopper(fleet);
}, 120_000);
afterAll(() => fleet.stop());

const anyOrder = {
  idempotencyKey: "any",
  cartVersion: 1n,
  expectedTotal: { currencyCode: "GBP", minor: 1n },
  shipTo,
  serviceLevel: ServiceLevel.STANDARD,
  paymentMethod: "pm_ok",
};

const reasonOf = (refused: Promise<unknown>) =>
  refused.then(
    () => "accepted",
    (error: unknown) => errorReason(error)?.reason,
  );

/** What `call` answers, and what stood in for its answer, if anything did. */
async function answerOf<T>(call: (options: { onHeader: (header: Headers) => void }) => Promise<T>) {
  let standIn: string | null = null;
  const answer = await call({
    onHeader: (header) => {
      standIn = header.get(FALLBACK_HEADER);
    },
  });
  return { answer, standIn };
}

describe("the shop without its discount service", () => {
  it("quotes without a discount and says so; orders at the price with one are refused, at the full price taken", async () => {
    const agreed = create(
      PlaceOrderRequestSchema,
      await prepareOrder(shopper, { sku: SKU, quantity: 1, codes }),
    );
    const whole = (await shopper.cart.quoteCart({ codes, shipTo }, patient)).quote;
    expect(whole).toMatchObject({ discountsUnavailable: false, price: { total: agreed.expectedTotal } });
    await fleet.kill("discount");

    const { quote } = await shopper.cart.quoteCart({ codes, shipTo }, patient);
    expect(quote).toMatchObject({ discountsUnavailable: true, deliveryUnavailable: false });
    expect(quote?.price?.adjustments).toEqual([]);
    const full = quote?.price?.total;
    if (!full) throw new Error("the quote has no price");
    expect(full.minor).toBeGreaterThan(agreed.expectedTotal?.minor ?? full.minor);

    expect(await reasonOf(shopper.orders.placeOrder(agreed, patient))).toBe("DISCOUNTS_UNAVAILABLE");
    const customerId = (await shopper.users.getMe({})).user?.userId ?? "";
    expect((await shopper.orders.listOrders({ customerId })).orders).toEqual([]);

    const atFullPrice = { ...agreed, codes: [], expectedTotal: full };
    const { order } = await shopper.orders.placeOrder(atFullPrice, patient);
    const ended = await finished(shopper, order?.orderId ?? "");
    expect(ended).toMatchObject({ state: OrderState.DELIVERED, price: { total: full } });
    expect(await fleet.violations()).toEqual([]);
  }, 60_000);
});

describe("the shop without its buy service", () => {
  it("shows the catalogue as it was, and nothing that it did not show before; nothing stands in for a cart or an order", async () => {
    const fresh = await answerOf((options) => shopper.catalog.getProduct({ sku: SKU }, options));
    const page = await answerOf((options) => shopper.catalog.listProducts({}, options));
    expect([fresh.standIn, page.standIn]).toEqual([null, null]);
    await fleet.kill("buy");

    const stale = await answerOf((options) => shopper.catalog.getProduct({ sku: SKU }, options));
    expect(stale).toEqual({ answer: fresh.answer, standIn: "stale" });
    expect(await answerOf((options) => shopper.catalog.listProducts({}, options))).toEqual({
      answer: page.answer,
      standIn: "stale",
    });
    const unavailable = { code: Code.Unavailable };
    await expect(shopper.catalog.getProduct({ sku: "MUG-STONE-01" })).rejects.toMatchObject(unavailable);
    await expect(shopper.cart.quoteCart({ codes, shipTo })).rejects.toMatchObject(unavailable);
    await expect(shopper.orders.placeOrder(anyOrder)).rejects.toMatchObject(unavailable);
  }, 60_000);
});
