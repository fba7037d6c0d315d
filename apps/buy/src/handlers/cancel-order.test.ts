import { errorReason } from "@charter/client";
import { systemClock } from "@charter/time";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { OrderState } from "@shop/contract/shop/buy/v1/order_pb.js";
import { ShipmentState } from "@shop/contract/shop/delivery/v1/shipment_pb.js";
import { RedemptionState } from "@shop/contract/shop/discount/v1/redemption_pb.js";
import { createFulfilmentFollower } from "../fulfilment/create-fulfilment-follower.js";
import { type OrderShop, openOrderShop } from "../testing/order-shop.js";
import { SLOT_ID } from "../testing/remembering-delivery.js";
import { CODE } from "../testing/remembering-discount.js";
import { until } from "../testing/until.js";

let shop: OrderShop;
beforeAll(async () => {
  shop = await openOrderShop();
});
afterAll(() => shop.close());

const FULL = { codes: [CODE], slotId: SLOT_ID };
const reasonOf = (refused: Promise<unknown>) => refused.catch((error: unknown) => errorReason(error)?.reason);

describe("CancelOrder before the confirmation", () => {
  it("undoes the checkout", async () => {
    const slots = shop.delivery.heldSlots();
    const id = await shop.place({ ...FULL, paymentMethod: "pm_timeout_after_charge" });
    await shop.checkout.runDue();
    await shop.cancel(id);
    await shop.settle();
    const order = await shop.order(id);
    expect(order.state).toBe("CANCELLED");
    expect(order.failure).toBeUndefined();
    expect(order.history.at(-1)).toMatchObject({
      event: "CANCELLED",
      note: "changed my mind",
      actor: { kind: "CUSTOMER" },
    });
    expect(order.payment).toMatchObject({ state: "VOIDED", capturedMinor: 0n });
    expect(shop.delivery.heldSlots()).toBe(slots);
    expect((await shop.stock())?.reserved).toBe(0n);
    expect(await shop.violations()).toEqual([]);
  });

  it("asks for no money where none was asked for yet", async () => {
    const id = await shop.place(FULL);
    await shop.cancel(id);
    await shop.settle();
    expect((await shop.order(id)).payment).toMatchObject({ state: "NONE" });
    expect(await shop.violations()).toEqual([]);
  });
});

describe("CancelOrder after the confirmation", () => {
  it("calls the parcel off, puts the units back and gives discount and money back", async () => {
    const stock = await shop.stock();
    const rolledBack = shop.discount.count(RedemptionState.ROLLED_BACK);
    const id = await shop.place(FULL);
    await shop.settle();
    const { order } = await shop.cancel(id);
    expect(order?.state).toBe(OrderState.CANCELLED);
    await shop.settle();
    expect((await shop.order(id)).payment?.state).toBe("REFUNDED");
    expect(shop.discount.count(RedemptionState.ROLLED_BACK)).toBe(rolledBack + 1);
    expect(await shop.stock()).toEqual(stock);
    expect(await shop.violations()).toEqual([]);
  });

  it("waits for what the checkout still has to do", async () => {
    const id = await shop.place({ ...FULL, paymentMethod: "pm_capture_fails_twice" });
    await shop.checkout.runDue();
    expect((await shop.order(id)).payment?.state).toBe("AUTHORIZED");
    await shop.cancel(id);
    await shop.settle();
    const order = await shop.order(id);
    expect([order.state, order.payment?.state]).toEqual(["CANCELLED", "REFUNDED"]);
    expect(await shop.violations()).toEqual([]);
  });

  it("is refused once the carrier has the parcel, and can be repeated without harm", async () => {
    const id = await shop.place(FULL);
    await shop.settle();
    shop.delivery.report(id, ShipmentState.HANDED_OVER);
    expect(await reasonOf(shop.cancel(id, "once"))).toBe("ORDER_NOT_CANCELLABLE");
    expect(await reasonOf(shop.cancel(id, "once"))).toBe("ORDER_NOT_CANCELLABLE");
    expect((await shop.order(id)).state).toBe("CONFIRMED");
    expect(await shop.violations()).toEqual([]);
  });

  it("may be repeated: once is enough", async () => {
    const id = await shop.place(FULL);
    await shop.settle();
    await Promise.all([shop.cancel(id, "a"), shop.cancel(id, "a"), shop.cancel(id, "b")]);
    await shop.cancel(id, "a");
    await shop.settle();
    expect((await shop.order(id)).history.filter(({ event }) => event === "CANCELLED")).toHaveLength(1);
    expect(await shop.violations()).toEqual([]);
  });

  it("does not hide that delivery cannot be reached", async () => {
    const id = await shop.place(FULL);
    await shop.settle();
    shop.delivery.mishaps.keep("cancelShipment", "lost_before");
    expect(await reasonOf(shop.cancel(id))).toBe("DELIVERY_UNAVAILABLE");
    shop.delivery.mishaps.clear();
  });

  it("is completed by delivery's word where the caller's process died in between", async () => {
    const id = await shop.place(FULL);
    await shop.settle();
    shop.delivery.mishaps.keep("cancelShipment", "lost_after");
    expect(await reasonOf(shop.cancel(id))).toBe("DELIVERY_UNAVAILABLE");
    shop.delivery.mishaps.clear();
    const follower = createFulfilmentFollower({ ...shop.deps, clock: systemClock, checkout: shop.checkout });
    follower.start();
    await until(async () => ((await shop.order(id)).state === "CANCELLED" ? true : undefined));
    await follower.stop();
    await shop.settle();
    expect((await shop.order(id)).payment?.state).toBe("REFUNDED");
    expect(await shop.violations()).toEqual([]);
  });
});
