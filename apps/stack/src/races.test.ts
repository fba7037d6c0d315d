import { randomUUID } from "node:crypto";
import { isContractError } from "@charter/client";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { StockReason } from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import { BuyError, BuyErrorSchema } from "@shop/contract/shop/buy/v1/errors_pb.js";
import { OrderState } from "@shop/contract/shop/buy/v1/order_pb.js";
import { Trigger } from "@shop/contract/shop/discount/v1/campaign_pb.js";
import type { ShopClients } from "./shop-clients.js";
import { patiently } from "./testing/patiently.js";
import { finished, inBatches, insist, prepareOrder, registerShoppers } from "./testing/shoppers.js";
import { startTestStack, type TestStack } from "./testing/test-stack.js";

const SHOPPERS = 200;
let test: TestStack;
let shoppers: ShopClients[];
beforeAll(async () => {
  test = await startTestStack();
  shoppers = await registerShoppers(test, SHOPPERS);
}, 120_000);
afterAll(() => test.stop());

async function sell(sku: string, units: number): Promise<void> {
  const { catalog } = test.operator;
  const product = { sku, name: sku, price: { currencyCode: "GBP", minor: 1_000n }, weightGrams: 100 };
  const receipt = { idempotencyKey: randomUUID(), sku, delta: BigInt(units), reason: StockReason.RECEIPT };
  await patiently(() => catalog.upsertProduct({ product }));
  await patiently(() => catalog.adjustStock(receipt));
}

describe("the shop under races", () => {
  it(`sells 10 units to ${SHOPPERS} shoppers who all want one`, async () => {
    await sell("RACE-UNITS", 10);
    const requests = await inBatches(shoppers, (shop) =>
      patiently(() => prepareOrder(shop, { sku: "RACE-UNITS", quantity: 1 })),
    );
    const placed = await Promise.allSettled(
      shoppers.map((shop, index) => insist(shop, requests[index] ?? {})),
    );
    const orders = placed.flatMap((result, index) =>
      result.status === "fulfilled" ? [{ shop: shoppers[index], order: result.value }] : [],
    );
    const refusals = placed.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    expect(orders).toHaveLength(10);
    expect(
      refusals.filter((error) => !isContractError(error, BuyErrorSchema, BuyError.OUT_OF_STOCK)),
    ).toEqual([]);
    const ends = await Promise.all(
      orders.map(({ shop, order }) => finished(shop as ShopClients, order.orderId)),
    );
    expect(ends.map((order) => OrderState[order.state])).toEqual(orders.map(() => "DELIVERED"));
    const { product } = await patiently(() => test.operator.catalog.getProduct({ sku: "RACE-UNITS" }));
    expect(product?.available).toBe(0n);
    expect(await test.violations()).toEqual([]);
  }, 120_000);

  it("redeems a code limited to 10 ten times", async () => {
    await sell("RACE-CODE", 1_000);
    const contenders = shoppers.slice(0, 40);
    const idempotencyKey = randomUUID();
    const { campaign } = await patiently(() =>
      test.operator.discounts.createCampaign({
        idempotencyKey,
        spec: {
          name: "Race",
          title: "Ten only",
          trigger: Trigger.CODE,
          codes: ["RACE10"],
          benefit: { kind: { case: "percentage", value: { basisPoints: 1_000 } } },
          scope: { kind: { case: "order", value: {} } },
          limits: { totalRedemptions: 10n },
        },
      }),
    );
    for (const shop of contenders) await patiently(() => shop.cart.removeItem({ sku: "RACE-UNITS" }));
    const requests = await inBatches(contenders, (shop) =>
      patiently(() => prepareOrder(shop, { sku: "RACE-CODE", quantity: 1, codes: ["RACE10"] })),
    );
    const placed = await Promise.allSettled(
      contenders.map((shop, index) => insist(shop, requests[index] ?? {})),
    );
    const orders = placed.flatMap((result, index) =>
      result.status === "fulfilled" ? [{ shop: contenders[index], id: result.value.orderId }] : [],
    );
    const ends = await Promise.all(orders.map(({ shop, id }) => finished(shop as ShopClients, id)));
    expect(ends.filter((order) => order.state === OrderState.DELIVERED)).toHaveLength(10);
    const { campaignId = "" } = campaign ?? {};
    const found = await patiently(() => test.operator.discounts.getCampaign({ campaignId }));
    expect(found.campaign?.usage).toMatchObject({ committedRedemptions: 10n, reservedRedemptions: 0n });
    expect(await test.violations()).toEqual([]);
  }, 120_000);

  it("makes one order of the same PlaceOrder sent 50 times at once", async () => {
    const [shop] = await registerShoppers(test, 1);
    const request = await patiently(() =>
      prepareOrder(shop as ShopClients, { sku: "MUG-STONE-01", quantity: 2 }),
    );
    const answers = await Promise.all(Array.from({ length: 50 }, () => insist(shop as ShopClients, request)));
    const ids = new Set(answers.map((answer) => answer.orderId));
    expect(ids.size).toBe(1);
    const order = await finished(shop as ShopClients, [...ids][0] ?? "");
    expect(OrderState[order.state]).toBe("DELIVERED");
    expect(order.shipments).toHaveLength(1);
    expect(order.payment).toMatchObject({ authorized: order.price?.total, captured: order.price?.total });
    expect(await test.violations()).toEqual([]);
  }, 60_000);
});
