import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { RedemptionState } from "@shop/contract/shop/discount/v1/redemption_pb.js";
import { type OrderShop, openOrderShop } from "../testing/order-shop.js";
import { SLOT_ID } from "../testing/remembering-delivery.js";
import { CODE } from "../testing/remembering-discount.js";

let shop: OrderShop;
beforeAll(async () => {
  shop = await openOrderShop();
});
afterAll(() => shop.close());

const FULL = { codes: [CODE], slotId: SLOT_ID };

describe("a checkout that goes well", () => {
  it("confirms the order, uses the discount, books the parcel, takes the money and empties the cart", async () => {
    const before = await shop.stock();
    const id = await shop.place(FULL);
    expect((await shop.order(id)).state).toBe("PENDING");
    await shop.settle();
    const order = await shop.order(id);
    expect(order.state).toBe("CONFIRMED");
    expect(order.history.map((entry) => entry.event)).toEqual([
      "PLACED",
      "PAYMENT_AUTHORIZED",
      "CONFIRMED",
      "SHIPMENT_CREATED",
      "PAYMENT_CAPTURED",
    ]);
    expect(order.payment).toMatchObject({ state: "CAPTURED", capturedMinor: order.price.totalMinor });
    expect(shop.discount.count(RedemptionState.COMMITTED)).toBe(1);
    expect(order.shipments).toHaveLength(1);
    expect((await shop.stock())?.onHand).toBe((before?.onHand ?? 0n) - 2n);
    expect(await shop.violations()).toEqual([]);
  });
});
