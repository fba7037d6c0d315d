import { create } from "@bufbuild/protobuf";
import { errorReason } from "@charter/client";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { OrderState } from "@shop/contract/shop/buy/v1/order_pb.js";
import {
  ListStuckCheckoutsRequestSchema,
  RetryCheckoutRequestSchema,
} from "@shop/contract/shop/buy/v1/order_service_pb.js";
import { v7 as uuidv7 } from "uuid";
import { callAs } from "../testing/call-as.js";
import { type OrderShop, openOrderShop } from "../testing/order-shop.js";
import { CODE } from "../testing/remembering-discount.js";
import { listStuckCheckouts } from "./list-stuck-checkouts.js";
import { retryCheckout } from "./retry-checkout.js";

let shop: OrderShop;
beforeAll(async () => {
  shop = await openOrderShop();
});
afterAll(() => shop.close());

const operator = callAs(uuidv7(), { roles: ["operator"] });
/** More failures than make a checkout stuck. */
const MANY = 6;

const list = (pageToken = "", pageSize = 0) =>
  listStuckCheckouts(shop.orderDeps)(
    create(ListStuckCheckoutsRequestSchema, { page: { pageToken, pageSize } }),
    operator,
  );
const retry = (orderId: string) =>
  retryCheckout(shop.orderDeps)(create(RetryCheckoutRequestSchema, { orderId }), operator);
const reasonOf = (refused: Promise<unknown>) => refused.catch((error: unknown) => errorReason(error)?.reason);

/** Lets a checkout work until it has failed often. */
async function fail(): Promise<void> {
  for (let round = 0; round < MANY; round += 1) {
    await shop.checkout.runDue();
    await shop.clock.advance(31_000);
  }
}

describe("a checkout that does not get on", () => {
  it("shows after the confirmation, is still tried, and ends when it is tried again", async () => {
    shop.delivery.mishaps.keep("createShipment", "lost_before");
    const id = await shop.place();
    await fail();
    const { checkouts } = await list();
    expect(checkouts).toMatchObject([
      { orderId: id, orderState: OrderState.CONFIRMED, step: "create-shipment", compensating: false },
    ]);
    expect(checkouts?.[0]?.lastError).toContain("mishap");
    shop.delivery.mishaps.clear();
    await retry(id);
    await shop.settle();
    expect((await list()).checkouts).toEqual([]);
    expect((await shop.order(id)).payment?.state).toBe("CAPTURED");
    expect(await shop.violations()).toEqual([]);
  });

  it("shows while undoing fails, and the order is not closed before it is undone", async () => {
    shop.discount.mishaps.keep("releaseRedemption", "lost_before");
    const id = await shop.place({ codes: [CODE], paymentMethod: "pm_declined" });
    await fail();
    expect((await list()).checkouts).toMatchObject([
      { orderId: id, orderState: OrderState.PENDING, step: "reserve-redemption", compensating: true },
    ]);
    shop.discount.mishaps.clear();
    await retry(id);
    await shop.settle();
    expect((await shop.order(id)).state).toBe("FAILED");
    expect(await shop.violations()).toEqual([]);
  });

  it("is listed page by page, the longest stuck first", async () => {
    shop.delivery.mishaps.keep("createShipment", "lost_before");
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      ids.push(await shop.place());
      await shop.clock.advance(1_000);
    }
    await fail();
    const first = await list("", 2);
    const second = await list(first.page?.nextPageToken, 2);
    const listed = [...(first.checkouts ?? []), ...(second.checkouts ?? [])].map(({ orderId }) => orderId);
    expect(listed).toEqual(ids);
    expect(second.page?.nextPageToken).toBe("");
    shop.delivery.mishaps.clear();
    await shop.settle();
  });

  it("cannot be retried when it is not stuck or not there", async () => {
    const id = await shop.place();
    expect(await reasonOf(retry(id))).toBe("CHECKOUT_NOT_STUCK");
    expect(await reasonOf(retry(uuidv7()))).toBe("ORDER_NOT_FOUND");
    await shop.settle();
  });
});
