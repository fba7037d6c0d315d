import { create } from "@bufbuild/protobuf";
import { errorReason } from "@charter/client";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { OrderEvent, OrderState, PaymentState } from "@shop/contract/shop/buy/v1/order_pb.js";
import {
  GetOrderRequestSchema,
  ListOrdersRequestSchema,
  WatchOrderRequestSchema,
} from "@shop/contract/shop/buy/v1/order_service_pb.js";
import { v7 as uuidv7 } from "uuid";
import { callAs } from "../testing/call-as.js";
import { type OrderShop, openOrderShop } from "../testing/order-shop.js";
import { getOrder } from "./get-order.js";
import { listOrders } from "./list-orders.js";
import { watchOrder } from "./watch-order.js";

let shop: OrderShop;
beforeAll(async () => {
  shop = await openOrderShop();
});
afterAll(() => shop.close());

const OPERATOR = { roles: ["operator"] };
const reasonOf = (refused: Promise<unknown>) => refused.catch((error: unknown) => errorReason(error)?.reason);

describe("GetOrder", () => {
  const get = (orderId: string, call: ReturnType<typeof callAs>) =>
    getOrder(shop.orderDeps)(create(GetOrderRequestSchema, { orderId }), call);

  it("shows an order to its customer and to operators, and to others as absent", async () => {
    const userId = uuidv7();
    const id = await shop.send(userId, await shop.wish(userId));
    await shop.settle();
    const { order } = await get(id, callAs(userId));
    expect(order).toMatchObject({
      orderId: id,
      customerId: userId,
      state: OrderState.CONFIRMED,
      payment: { state: PaymentState.CAPTURED, captured: { currencyCode: "GBP", minor: 3_000n } },
      price: { total: { minor: 3_000n }, lines: [{ lineNumber: 1, sku: "A", quantity: 2n }] },
    });
    expect((await get(id, callAs(uuidv7(), OPERATOR))).order?.orderId).toBe(id);
    expect(await reasonOf(get(id, callAs(uuidv7())))).toBe("ORDER_NOT_FOUND");
    expect(await reasonOf(get(uuidv7(), callAs(userId)))).toBe("ORDER_NOT_FOUND");
  });
});

describe("ListOrders", () => {
  const list = (userId: string, page: { pageSize?: number; pageToken?: string }, states: OrderState[] = []) =>
    listOrders(shop.orderDeps)(
      create(ListOrdersRequestSchema, { customerId: userId, page, states }),
      callAs(userId),
    );

  it("pages through the customer's own orders, the latest first", async () => {
    const userId = uuidv7();
    const placed: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      placed.unshift(await shop.send(userId, await shop.wish(userId, { quantity: i + 1 })));
      await shop.settle();
      await shop.clock.advance(1_000);
    }
    const seen: string[] = [];
    for (let pageToken: string | undefined = ""; pageToken !== undefined; ) {
      const answer = await list(userId, { pageSize: 2, pageToken });
      seen.push(...(answer.orders ?? []).map((order) => order.orderId ?? ""));
      pageToken = answer.page?.nextPageToken || undefined;
    }
    expect(seen).toEqual(placed);
    expect((await list(userId, {}, [OrderState.FAILED])).orders).toEqual([]);
  });

  it("does not take the token of another list", async () => {
    const userId = uuidv7();
    await shop.send(userId, await shop.wish(userId));
    await shop.send(userId, await shop.wish(userId, { quantity: 3 }));
    const { page } = await list(userId, { pageSize: 1 });
    const token = { pageToken: page?.nextPageToken ?? "" };
    await expect(list(uuidv7(), token)).rejects.toThrow("token");
    await expect(list(userId, { pageToken: "nonsense" })).rejects.toThrow("token");
    await shop.settle();
  });
});

describe("WatchOrder", () => {
  const watch = (orderId: string, call: ReturnType<typeof callAs>) =>
    watchOrder(shop.orderDeps)(create(WatchOrderRequestSchema, { orderId }), call)[Symbol.asyncIterator]();

  it("shows the order as it is, then each change, and ends with the order", async () => {
    const userId = uuidv7();
    const id = await shop.send(userId, await shop.wish(userId, { paymentMethod: "pm_declined" }));
    const stream = watch(id, callAs(userId));
    const first = (await stream.next()).value;
    expect([first?.order?.state, first?.change]).toEqual([OrderState.PENDING, undefined]);
    const next = stream.next();
    await shop.settle();
    await shop.clock.advance(1_000);
    expect((await next).value).toMatchObject({
      order: { state: OrderState.FAILED, failure: { explanation: expect.stringContaining("declined") } },
      change: { event: OrderEvent.FAILED },
    });
    expect((await stream.next()).done).toBe(true);
  });

  it("leaves no change out, however slow the reader", async () => {
    const userId = uuidv7();
    const id = await shop.send(userId, await shop.wish(userId));
    const abort = new AbortController();
    const stream = watch(id, callAs(userId, { signal: abort.signal }));
    await stream.next();
    await shop.settle();
    const told: (OrderEvent | undefined)[] = [];
    const states: (OrderState | undefined)[] = [];
    for (let i = 0; i < 4; i += 1) {
      const next = stream.next();
      await shop.clock.advance(1_000);
      const { value } = await next;
      told.push(value?.change?.event);
      states.push(value?.order?.state);
    }
    expect(told).toEqual([
      OrderEvent.PAYMENT_AUTHORIZED,
      OrderEvent.CONFIRMED,
      OrderEvent.SHIPMENT_CREATED,
      OrderEvent.PAYMENT_CAPTURED,
    ]);
    expect(states).toEqual([
      OrderState.PENDING,
      OrderState.CONFIRMED,
      OrderState.CONFIRMED,
      OrderState.CONFIRMED,
    ]);
    const waiting = stream.next();
    abort.abort(new Error("the caller is gone"));
    await expect(waiting).rejects.toThrow("the caller is gone");
  });

  it("ends at once for an order that has ended, and shows nothing of somebody else's", async () => {
    const userId = uuidv7();
    const id = await shop.send(userId, await shop.wish(userId, { paymentMethod: "pm_declined" }));
    await shop.settle();
    const stream = watch(id, callAs(userId));
    expect((await stream.next()).value?.order?.state).toBe(OrderState.FAILED);
    expect((await stream.next()).done).toBe(true);
    expect(await reasonOf(watch(id, callAs(uuidv7())).next())).toBe("ORDER_NOT_FOUND");
  });
});
