import { cursorPosition } from "@charter/postgres";
import { systemClock } from "@charter/time";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { ShipmentState } from "@shop/contract/shop/delivery/v1/shipment_pb.js";
import { sql } from "kysely";
import type { OrderState } from "../domain/order-state.js";
import { type OrderShop, openOrderShop } from "../testing/order-shop.js";
import { until } from "../testing/until.js";
import { CONSUMER, createFulfilmentFollower, type FulfilmentFollower } from "./create-fulfilment-follower.js";

let shop: OrderShop;
let follower: FulfilmentFollower;
beforeAll(async () => {
  shop = await openOrderShop();
});
afterAll(() => shop.close());
beforeEach(() => {
  follower = open();
  follower.start();
});
afterEach(() => follower.stop());

const open = () =>
  createFulfilmentFollower({ ...shop.deps, checkout: shop.checkout, clock: systemClock, backoffMs: 2 });

async function confirmed(): Promise<string> {
  const id = await shop.place();
  await shop.settle();
  return id;
}

const reaches = (id: string, state: OrderState) =>
  until(async () => ((await shop.order(id)).state === state ? true : undefined));
const caughtUp = () =>
  until(async () =>
    (await cursorPosition(shop.db, CONSUMER)) === shop.delivery.lastPosition ? true : undefined,
  );

describe("the follower of delivery's events", () => {
  it("lets the order go with its parcel until it is delivered", async () => {
    const id = await confirmed();
    shop.delivery.report(id, ShipmentState.HANDED_OVER);
    await reaches(id, "FULFILLED");
    shop.delivery.report(id, ShipmentState.IN_TRANSIT);
    shop.delivery.report(id, ShipmentState.DELIVERED);
    await reaches(id, "DELIVERED");
    const order = await shop.order(id);
    expect(order.history.slice(-2).map(({ event, state }) => [event, state])).toEqual([
      ["SHIPPED", "FULFILLED"],
      ["DELIVERED", "DELIVERED"],
    ]);
    expect(order.shipments[0]).toMatchObject({ stage: "DELIVERED", lines: [{ lineNumber: 1, quantity: 2 }] });
    expect(await shop.violations()).toEqual([]);
  });

  it("passes through what was not reported one by one", async () => {
    const id = await confirmed();
    shop.delivery.report(id, ShipmentState.DELIVERED);
    await reaches(id, "DELIVERED");
    expect((await shop.order(id)).history.slice(-2).map(({ event }) => event)).toEqual([
      "SHIPPED",
      "DELIVERED",
    ]);
  });

  it("applies what comes twice once", async () => {
    const id = await confirmed();
    shop.delivery.report(id, ShipmentState.HANDED_OVER);
    shop.delivery.repeatLast();
    shop.delivery.repeatLast();
    await caughtUp();
    expect((await shop.order(id)).history.filter(({ event }) => event === "SHIPPED")).toHaveLength(1);
    expect(await shop.violations()).toEqual([]);
  });

  it("opens a stream that broke anew, where it stood", async () => {
    const id = await confirmed();
    await caughtUp();
    shop.delivery.mishaps.plan("watchEvents", "lost_before", 2);
    shop.delivery.report(id, ShipmentState.HANDED_OVER);
    shop.delivery.report(id, ShipmentState.DELIVERED);
    await reaches(id, "DELIVERED");
    expect(await shop.violations()).toEqual([]);
  });

  it("shares the work between two processes without applying anything twice", async () => {
    const other = open();
    other.start();
    const ids = [await confirmed(), await confirmed(), await confirmed()];
    for (const id of ids) shop.delivery.report(id, ShipmentState.HANDED_OVER);
    for (const id of ids) shop.delivery.report(id, ShipmentState.DELIVERED);
    for (const id of ids) await reaches(id, "DELIVERED");
    await other.stop();
    for (const id of ids) expect((await shop.order(id)).history).toHaveLength(7);
    expect(await shop.violations()).toEqual([]);
  });

  it("applies all that waits in one transaction, as if one by one", async () => {
    const [a, b, called] = [await confirmed(), await confirmed(), await confirmed()];
    await caughtUp();
    await follower.stop();
    for (const id of [a, b]) shop.delivery.report(id, ShipmentState.HANDED_OVER);
    await shop.cancel(called);
    for (const id of [a, b]) shop.delivery.report(id, ShipmentState.IN_TRANSIT);
    shop.delivery.report(a, ShipmentState.DELIVERED);
    follower = open();
    follower.start();
    await reaches(a, "DELIVERED");
    const tail = async (id: string) => (await shop.order(id)).history.slice(5).map(({ event }) => event);
    expect(await Promise.all([tail(a), tail(b)])).toEqual([["SHIPPED", "DELIVERED"], ["SHIPPED"]]);
    expect((await shop.order(called)).state).toBe("CANCELLED");
    const { rows } = await sql`select count(distinct xmin::text)::int as count from order_history
      where order_id = any(${[a, b]}::uuid[]) and event in ('SHIPPED', 'DELIVERED')`.execute(shop.db);
    expect(rows).toEqual([{ count: 1 }]);
    expect(await shop.violations()).toEqual([]);
  });

  it("notes a parcel that was lost, and one that came back", async () => {
    const [lost, back] = [await confirmed(), await confirmed()];
    shop.delivery.report(lost, ShipmentState.LOST);
    shop.delivery.report(back, ShipmentState.RETURNED);
    await reaches(back, "RETURNED");
    await caughtUp();
    expect((await shop.order(lost)).history.at(-1)).toMatchObject({
      event: "DELIVERY_FAILED",
      state: "FULFILLED",
    });
  });

  it("ends at once when it is stopped", async () => {
    await follower.stop();
    const id = await confirmed();
    shop.delivery.report(id, ShipmentState.DELIVERED);
    expect((await shop.order(id)).state).toBe("CONFIRMED");
  });
});
