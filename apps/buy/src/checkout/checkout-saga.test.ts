import { ManualClock } from "@charter/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { RedemptionState } from "@shop/contract/shop/discount/v1/redemption_pb.js";
import { readCart } from "../store/carts.js";
import { type OrderShop, openOrderShop } from "../testing/order-shop.js";
import { SLOT_ID } from "../testing/remembering-delivery.js";
import { CODE } from "../testing/remembering-discount.js";
import { OverdueStock } from "./overdue-stock.js";

let shop: OrderShop;
beforeAll(async () => {
  shop = await openOrderShop();
});
afterAll(() => shop.close());

const FULL = { codes: [CODE], slotId: SLOT_ID };
/** More than the client's own attempts at one call, so that the step fails, and fewer than make it give up. */
const SOME = 5;

/** What is held for orders that are not confirmed. */
async function held() {
  return {
    redemptions: shop.discount.count(RedemptionState.RESERVED),
    stock: (await shop.stock())?.reserved,
  };
}
const NOTHING = { redemptions: 0, stock: 0n };

describe("a checkout that goes well", () => {
  it("confirms the order, uses the discount, books the parcel, takes the money and empties the cart", async () => {
    const before = await shop.stock();
    const committed = shop.discount.count(RedemptionState.COMMITTED);
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
    expect(shop.discount.count(RedemptionState.COMMITTED)).toBe(committed + 1);
    expect(order.shipments).toHaveLength(1);
    expect((await shop.stock())?.onHand).toBe((before?.onHand ?? 0n) - 2n);
    expect((await readCart(shop.db, order.userId ?? "")).lines).toEqual([]);
    expect(await shop.violations()).toEqual([]);
  });

  it("leaves in the cart what was put in after the order was placed", async () => {
    const id = await shop.place({ quantity: 2 });
    const { userId = "" } = await shop.order(id);
    await shop.wish(userId, { quantity: 5 });
    await shop.settle();
    expect((await readCart(shop.db, userId)).lines).toEqual([{ sku: "A", quantity: 3 }]);
  });
});

describe("a step that is refused", () => {
  it.each([
    ["a discount that ran out", "reserveRedemption", "DISCOUNT_REFUSED"],
    ["a slot that is full", "reserveSlot", "DELIVERY_REFUSED"],
  ] as const)("%s fails the order and releases everything", async (_, method, reason) => {
    shop.discount.limit = method === "reserveRedemption" ? 0 : 1_000_000;
    shop.delivery.capacity = method === "reserveSlot" ? 0 : 1_000_000;
    const slots = shop.delivery.heldSlots();
    const id = await shop.place(FULL);
    await shop.settle();
    [shop.discount.limit, shop.delivery.capacity] = [1_000_000, 1_000_000];
    const order = await shop.order(id);
    expect([order.state, order.failure?.reason]).toEqual(["FAILED", reason]);
    expect(order.failure?.explanation).toMatch(/Nothing was charged/);
    expect(order.payment).toMatchObject({ state: "NONE", authorizedMinor: 0n });
    expect(shop.delivery.heldSlots()).toBe(slots);
    expect(await held()).toEqual(NOTHING);
    expect(await shop.violations()).toEqual([]);
  });

  it.each([
    ["pm_declined", "PAYMENT_DECLINED"],
    ["pm_insufficient_funds", "PAYMENT_DECLINED"],
    ["pm_never_heard_of", "PAYMENT_METHOD_INVALID"],
  ] as const)("a payment by %s fails the order and releases everything", async (paymentMethod, reason) => {
    const slots = shop.delivery.heldSlots();
    const id = await shop.place({ ...FULL, paymentMethod });
    await shop.settle();
    const order = await shop.order(id);
    expect([order.state, order.failure?.reason]).toEqual(["FAILED", reason]);
    expect(order.payment?.state).toBe("DECLINED");
    expect(shop.delivery.heldSlots()).toBe(slots);
    expect(await held()).toEqual(NOTHING);
    expect(await shop.violations()).toEqual([]);
  });
});

describe("a step whose answer is lost", () => {
  const before = ["reserveRedemption", "reserveSlot"] as const;
  const after = ["commitRedemption", "createShipment"] as const;
  const mishapsOf = (method: (typeof before)[number] | (typeof after)[number]) =>
    method.endsWith("Redemption") ? shop.discount.mishaps : shop.delivery.mishaps;

  it.each(
    [...before, ...after].flatMap((method) => [
      [method, "lost_before"] as const,
      [method, "lost_after"] as const,
    ]),
  )("%s (%s) is repeated and takes effect once", async (method, mishap) => {
    const committed = shop.discount.count(RedemptionState.COMMITTED);
    const shipments = shop.delivery.shipments.size;
    mishapsOf(method).plan(method, mishap, SOME);
    const id = await shop.place(FULL);
    await shop.settle();
    expect((await shop.order(id)).state).toBe("CONFIRMED");
    expect(shop.discount.count(RedemptionState.COMMITTED)).toBe(committed + 1);
    expect(shop.delivery.shipments.size).toBe(shipments + 1);
    expect(await shop.violations()).toEqual([]);
  });

  it.each(before.flatMap((method) => [[method, "lost_before"] as const, [method, "lost_after"] as const]))(
    "%s (%s) for good fails the order and releases what may have been held",
    async (method, mishap) => {
      const slots = shop.delivery.heldSlots();
      mishapsOf(method).keep(method, mishap);
      const id = await shop.place(FULL);
      await shop.settle();
      mishapsOf(method).clear();
      const order = await shop.order(id);
      expect([order.state, order.failure?.reason]).toEqual(["FAILED", "UNAVAILABLE"]);
      expect(shop.delivery.heldSlots()).toBe(slots);
      expect(await held()).toEqual(NOTHING);
      // Whatever of it is still on its way comes upon a tombstone.
      expect([...shop.discount.redemptions.keys()]).toContain(`${id}:reserve-redemption`);
      expect(await shop.violations()).toEqual([]);
    },
  );

  it("because the callee hangs is repeated once its deadline has passed", async () => {
    shop.discount.mishaps.plan("reserveRedemption", "hangs");
    const id = await shop.place(FULL);
    await shop.settle();
    expect((await shop.order(id)).state).toBe("CONFIRMED");
    expect(await shop.violations()).toEqual([]);
  });

  it("is undone for as long as undoing fails", async () => {
    shop.discount.mishaps.plan("releaseRedemption", "lost_before", SOME);
    const id = await shop.place({ ...FULL, paymentMethod: "pm_declined" });
    await shop.settle();
    expect((await shop.order(id)).state).toBe("FAILED");
    expect(await held()).toEqual(NOTHING);
  });
});

describe("a reservation that lapses before the confirmation", () => {
  const HELD_MS = 20_000;
  /** Longer than that, and long enough for the payment to be asked for again. */
  const LAPSED_MS = 30_000;

  /** An order whose payment is not known yet when all that is held for it elsewhere has lapsed. */
  async function lapsed(): Promise<string> {
    [shop.discount.maxHoldMs, shop.delivery.holdMs] = [HELD_MS, HELD_MS];
    const id = await shop.place({ ...FULL, paymentMethod: "pm_timeout_before_charge" });
    await shop.checkout.runDue();
    await shop.clock.advance(LAPSED_MS);
    return id;
  }
  afterEach(() => {
    [shop.discount.maxHoldMs, shop.delivery.holdMs] = [86_400_000, 86_400_000];
    shop.discount.limit = 1_000_000;
  });

  it("of stock that was given up fails the order and gives the money back", async () => {
    const id = await lapsed();
    const later = new ManualClock(shop.clock.nowMs() + 16 * 60_000);
    expect(await new OverdueStock({ ...shop.deps, clock: later }).releaseDue()).toBe(1);
    await shop.settle();
    const order = await shop.order(id);
    expect([order.state, order.failure?.reason]).toEqual(["FAILED", "EXPIRED"]);
    expect(order.payment).toMatchObject({ state: "VOIDED", capturedMinor: 0n });
    expect(await held()).toEqual(NOTHING);
    expect(await shop.violations()).toEqual([]);
  });

  it("of discount and slot is made anew", async () => {
    const slots = shop.delivery.heldSlots();
    const id = await lapsed();
    expect(shop.delivery.heldSlots()).toBe(slots);
    await shop.settle();
    expect((await shop.order(id)).state).toBe("CONFIRMED");
    expect(shop.delivery.heldSlots()).toBe(slots + 1);
    expect(await shop.violations()).toEqual([]);
  });

  it("of a discount that others have used since fails the order and gives the money back", async () => {
    const id = await lapsed();
    shop.discount.limit = 0;
    await shop.settle();
    const order = await shop.order(id);
    expect([order.state, order.failure?.reason]).toEqual(["FAILED", "DISCOUNT_REFUSED"]);
    expect(order.payment?.state).toBe("VOIDED");
    expect(await shop.violations()).toEqual([]);
  });
});
