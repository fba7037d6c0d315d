import { ManualClock } from "@charter/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { RedemptionState } from "@shop/contract/shop/discount/v1/redemption_pb.js";
import { dyingAt } from "../testing/dying.js";
import { CHECKOUT_OPTIONS, type OrderShop, openOrderShop } from "../testing/order-shop.js";
import { SLOT_ID } from "../testing/remembering-delivery.js";
import { CODE } from "../testing/remembering-discount.js";
import { createCheckout } from "./create-checkout.js";

let shop: OrderShop;
beforeAll(async () => {
  shop = await openOrderShop();
});
afterAll(() => shop.close());

const FULL = { codes: [CODE], slotId: SLOT_ID };
/** More than the longest pause between two attempts. */
const PAUSE_MS = 31_000;
/** A lease of a dead process has run out by then. */
const TAKE_OVER_MS = 11_000;

type Moment = "before" | "after";
type Death = readonly [service: "discount" | "delivery" | "payment", method: string, moment: Moment];

/** A process of its own that dies at a call; its clock stands still from then on, so it renews no lease. */
function mortal([service, method, moment]: Death) {
  const dying = dyingAt(shop.deps[service], method as never, moment);
  const clock = new ManualClock(shop.clock.nowMs());
  const deps: Parameters<typeof createCheckout>[0] = { ...shop.deps, clock, [service]: dying.target };
  return { ...dying, clock, checkout: createCheckout(deps, CHECKOUT_OPTIONS) };
}

/** Lets it work until it dies, moving its clock over pauses; answers the work that it left behind. */
async function untilDead({
  checkout,
  clock,
  died,
}: ReturnType<typeof mortal>): Promise<readonly [Promise<unknown>]> {
  for (;;) {
    const work = checkout.runDue();
    const dead = await Promise.race([died.then(() => true), work.then(() => false)]);
    if (dead) return [work];
    await clock.advance(PAUSE_MS);
  }
}

const DEATHS: readonly Death[] = (["before", "after"] as const).flatMap((moment): readonly Death[] => [
  ["discount", "reserveRedemption", moment],
  ["delivery", "reserveSlot", moment],
  ["payment", "authorize", moment],
  ["discount", "commitRedemption", moment],
  ["delivery", "createShipment", moment],
  ["payment", "capture", moment],
]);

const UNDOING_DEATHS: readonly Death[] = (["before", "after"] as const).flatMap(
  (moment): readonly Death[] => [
    ["discount", "releaseRedemption", moment],
    ["delivery", "releaseSlot", moment],
  ],
);

describe("a process that dies", () => {
  it.each(DEATHS)("at %s.%s, %s it acts: another one ends the checkout, once", async (...death) => {
    const shipments = shop.delivery.shipments.size;
    const committed = shop.discount.count(RedemptionState.COMMITTED);
    const id = await shop.place(FULL);
    const dead = mortal(death);
    const [left] = await untilDead(dead);
    await shop.clock.advance(dead.clock.nowMs() - shop.clock.nowMs() + TAKE_OVER_MS);
    await shop.settle();
    const order = await shop.order(id);
    expect(order.state).toBe("CONFIRMED");
    expect(shop.delivery.shipments.size).toBe(shipments + 1);
    expect(shop.discount.count(RedemptionState.COMMITTED)).toBe(committed + 1);
    expect(await shop.violations()).toEqual([]);
    // It was not dead after all: what it still wants to write is refused.
    dead.wakeUp();
    await left;
    expect(await shop.order(id)).toEqual(order);
    expect(await shop.violations()).toEqual([]);
  });

  it.each(UNDOING_DEATHS)("at %s.%s, %s it acts: another one undoes the rest", async (...death) => {
    const slots = shop.delivery.heldSlots();
    const id = await shop.place({ ...FULL, paymentMethod: "pm_declined" });
    const dead = mortal(death);
    const [left] = await untilDead(dead);
    await shop.clock.advance(dead.clock.nowMs() - shop.clock.nowMs() + TAKE_OVER_MS);
    await shop.settle();
    dead.wakeUp();
    await left;
    expect((await shop.order(id)).state).toBe("FAILED");
    expect(shop.discount.count(RedemptionState.RESERVED)).toBe(0);
    expect(shop.delivery.heldSlots()).toBe(slots);
    expect(await shop.violations()).toEqual([]);
  });

  it("while it charges, and the order is called off meanwhile: nothing stays charged", async () => {
    const id = await shop.place({ paymentMethod: "pm_ok" });
    const dead = mortal(["payment", "authorize", "before"]);
    const [left] = await untilDead(dead);
    await shop.cancel(id);
    await shop.clock.advance(dead.clock.nowMs() - shop.clock.nowMs() + TAKE_OVER_MS);
    await shop.settle();
    expect((await shop.order(id)).state).toBe("CANCELLED");
    // The charge that it was about to make arrives now, long after the hold was given up.
    dead.wakeUp();
    await left;
    expect((await shop.order(id)).payment).toMatchObject({ state: "VOIDED", capturedMinor: 0n });
    expect(await shop.violations()).toEqual([]);
  });
});

describe("several processes", () => {
  it("share the checkouts, each of which happens once", async () => {
    const shipments = shop.delivery.shipments.size;
    const ids = await Promise.all(Array.from({ length: 20 }, () => shop.place(FULL)));
    await Promise.all([shop.checkout, shop.openCheckout(), shop.openCheckout()].map((one) => one.runDue()));
    await shop.settle();
    for (const id of ids) expect((await shop.order(id)).state).toBe("CONFIRMED");
    expect(shop.delivery.shipments.size).toBe(shipments + 20);
    expect(await shop.violations()).toEqual([]);
  });
});
