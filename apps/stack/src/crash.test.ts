import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { OrderState } from "@shop/contract/shop/buy/v1/order_pb.js";
import { patiently } from "./testing/patiently.js";
import { finished, inBatches, insist, prepareOrder, registerShoppers } from "./testing/shoppers.js";
import { startTestStack, type TestStack } from "./testing/test-stack.js";

const SHOPPERS = 24;
/** The process is killed once so many orders were taken down; the others are on their way to it. */
const KILLED_AFTER = 8;
const methods = ["pm_ok", "pm_ok", "pm_slow", "pm_declined"];

let test: TestStack;
beforeAll(async () => {
  test = await startTestStack();
}, 120_000);
afterAll(() => test.stop());

describe("the shop when buy is killed", () => {
  it("ends every checkout that was under way, confirmed or undone, and loses none", async () => {
    const shoppers = await registerShoppers(test, SHOPPERS);
    const requests = await inBatches(shoppers, (shop, index) => {
      const paymentMethod = methods[index % methods.length] ?? "pm_ok";
      return patiently(() => prepareOrder(shop, { sku: "TEA-ASSAM-250", quantity: 1, paymentMethod }));
    });
    let taken = 0;
    const ends = await Promise.all(
      shoppers.map(async (shop, index) => {
        const order = await insist(shop, requests[index] ?? {});
        taken += 1;
        if (taken === KILLED_AFTER) process.kill(test.stack.file.services.buy.pid, "SIGKILL");
        return finished(shop, order.orderId);
      }),
    );
    expect(test.incidents.join("\n")).toContain("buy ended by itself");
    const counts = Map.groupBy(ends, (order) => OrderState[order.state]);
    expect(counts.get("DELIVERED")).toHaveLength((SHOPPERS / 4) * 3);
    expect(counts.get("FAILED")).toHaveLength(SHOPPERS / 4);
    expect(new Set(ends.map((order) => order.orderId)).size).toBe(SHOPPERS);
    expect(await test.violations()).toEqual([]);
  }, 120_000);
});
