import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { OrderState } from "@shop/contract/shop/buy/v1/order_pb.js";
import type { ShopClients } from "./shop-clients.js";
import { finished, prepareOrder, registerShoppers } from "./testing/shoppers.js";
import { startTestStack, type TestStack } from "./testing/test-stack.js";

const SHOPPERS = 24;
let test: TestStack;
beforeAll(async () => {
  test = await startTestStack();
}, 120_000);
afterAll(() => test.stop());

describe("the shop when buy is killed", () => {
  it("ends every checkout that was under way, confirmed or undone", async () => {
    const shoppers = await registerShoppers(test, SHOPPERS);
    const methods = ["pm_ok", "pm_ok", "pm_slow", "pm_declined"];
    const requests = await Promise.all(
      shoppers.map((shop, index) =>
        prepareOrder(shop, {
          sku: "TEA-ASSAM-250",
          quantity: 1,
          paymentMethod: methods[index % methods.length] ?? "pm_ok",
        }),
      ),
    );
    const placed = await Promise.all(
      shoppers.map((shop, index) => shop.orders.placeOrder(requests[index] ?? {})),
    );
    process.kill(test.stack.file.services.buy.pid, "SIGKILL");
    const ends = await Promise.all(
      placed.map(({ order }, index) => finished(shoppers[index] as ShopClients, order?.id ?? "")),
    );
    expect(test.incidents.join("\n")).toContain("buy ended by itself");
    const counts = Map.groupBy(ends, (order) => OrderState[order.state]);
    expect(counts.get("DELIVERED")).toHaveLength((SHOPPERS / 4) * 3);
    expect(counts.get("FAILED")).toHaveLength(SHOPPERS / 4);
    expect(await test.violations()).toEqual([]);
  }, 120_000);
});
