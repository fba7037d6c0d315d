import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type ImportOrdersRequest,
  ImportOrdersRequestSchema,
  OrderRefusalReason,
} from "@shop/contract/shop/buy/v1/order_service_pb.js";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { callAs } from "../testing/call-as.js";
import { type OrderShop, openOrderShop } from "../testing/order-shop.js";
import { seedProduct } from "../testing/seed-product.js";
import { importOrders } from "./import-orders.js";

let shop: OrderShop;
beforeAll(async () => {
  shop = await openOrderShop();
});
afterAll(() => shop.close());

let sku: string;
beforeEach(async () => {
  sku = `S-${uuidv7()}`;
  await seedProduct(shop.db, { sku, onHand: 100n });
});

const PLACED_AT = timestampFromDate(new Date(Date.UTC(2010, 11, 1, 8, 26)));

function past(ref: string, change: Partial<MessageInitShape<typeof ImportOrdersRequestSchema>> = {}) {
  return create(ImportOrdersRequestSchema, {
    externalRef: ref,
    customerExternalRef: "online-retail:17850",
    placeTime: PLACED_AT,
    countryCode: "GB",
    currencyCode: "GBP",
    lines: [
      { lineNumber: 1, sku, description: "WHITE METAL LANTERN", quantity: 6n, unitPriceMinor: 339n },
      { lineNumber: 2, sku, quantity: 1n, unitPriceMinor: 0n },
    ],
    shippingMinor: 1_800n,
    totalMinor: 3_834n,
    ...change,
  } as MessageInitShape<typeof ImportOrdersRequestSchema>);
}

async function send(requests: readonly ImportOrdersRequest[]) {
  const stream = async function* () {
    yield* requests;
  };
  return importOrders(shop.orderDeps)(stream(), callAs(uuidv7(), { roles: ["operator"] }));
}

const onHand = async () => (await shop.stock(sku))?.onHand;
const total = (orders: bigint, minor: bigint) => [{ orders, total: { currencyCode: "GBP", minor } }];

describe("ImportOrders", () => {
  it("takes orders over as they were, with their units from the stock", async () => {
    const account = await send([past(`${sku}-1`), past(`${sku}-2`)]);
    expect(account).toEqual({ received: 2n, imported: total(2n, 7_668n), unchanged: [], refused: [] });
    expect(await onHand()).toBe(86n);
    const { rows } = await sql<{ id: string }>`
      select id from orders where external_ref = ${`${sku}-1`}`.execute(shop.db);
    const order = await shop.order(rows[0]?.id ?? "");
    expect(order).toMatchObject({
      state: "DELIVERED",
      customerExternalRef: "online-retail:17850",
      countryCode: "GB",
    });
    expect(order.placedAt.toISOString()).toBe("2010-12-01T08:26:00.000Z");
    expect(order.price).toMatchObject({ totalMinor: 3_834n, taxMinor: 0n, shippingMinor: 1_800n });
    expect(order.price.lines.map(({ name }) => name)).toEqual(["WHITE METAL LANTERN", `Product ${sku}`]);
    expect(await shop.violations()).toEqual([]);
  });

  it("changes nothing the second time", async () => {
    const orders = Array.from({ length: 3 }, (_, i) => past(`${sku}-${i}`));
    await send(orders);
    const account = await send(orders);
    expect(account).toEqual({ received: 3n, imported: [], unchanged: total(3n, 11_502n), refused: [] });
    expect(await onHand()).toBe(79n);
  });

  it("counts a repeat within one stream as unchanged, and other content as refused", async () => {
    const account = await send([past(sku), past(sku), past(sku, { countryCode: "FR" })]);
    expect(account.imported).toEqual(total(1n, 3_834n));
    expect(account.unchanged).toEqual(total(1n, 3_834n));
    expect(account.refused).toEqual([
      { index: 2n, externalRef: sku, reason: OrderRefusalReason.CONTENT_DIFFERS, detail: "" },
    ]);
  });

  it("refuses what cannot be, by index and reason, and takes the rest", async () => {
    const lines = [{ lineNumber: 1, sku: "UNKNOWN", quantity: 1n, unitPriceMinor: 5n }];
    const many = [{ lineNumber: 1, sku, quantity: 101n, unitPriceMinor: 1n }];
    const account = await send([
      past(`${sku}-0`, { totalMinor: 3_833n }),
      past(`${sku}-1`),
      past(`${sku}-2`, { lines, shippingMinor: 0n, totalMinor: 5n }),
      past(`${sku}-3`, { lines: many, shippingMinor: 0n, totalMinor: 101n }),
      past(`${sku}-4`, { lines: [], shippingMinor: 0n, totalMinor: 0n }),
      past(`${sku}-5`, { lines: [], shippingMinor: 1_800n, totalMinor: 1_800n }),
    ]);
    expect(account.received).toBe(6n);
    expect(account.imported).toEqual(total(2n, 5_634n));
    expect(account.refused?.map(({ index, reason }) => [index, reason])).toEqual([
      [0n, OrderRefusalReason.TOTAL_MISMATCH],
      [2n, OrderRefusalReason.PRODUCT_NOT_FOUND],
      [3n, OrderRefusalReason.OUT_OF_STOCK],
      [4n, OrderRefusalReason.EMPTY],
    ]);
    expect(account.refused?.[2]?.detail).toBe(sku);
    expect(await onHand()).toBe(93n);
    expect(await shop.violations()).toEqual([]);
  });

  it("is exact and complete over many batches, also when two imports of the same run at once", async () => {
    await seedProduct(shop.db, { sku: `${sku}-MANY`, onHand: 10_000n });
    const line = { lineNumber: 1, sku: `${sku}-MANY`, quantity: 1n, unitPriceMinor: 333n };
    const orders = Array.from({ length: 130 }, (_, i) =>
      past(`${sku}-${i}`, { lines: [line], shippingMinor: 0n, totalMinor: 333n }),
    );
    const accounts = await Promise.all([send(orders), send(orders)]);
    const sum = (of: "imported" | "unchanged") =>
      accounts.reduce((orders, account) => orders + (account[of]?.[0]?.orders ?? 0n), 0n);
    expect([sum("imported"), sum("unchanged")]).toEqual([130n, 130n]);
    expect((await shop.stock(`${sku}-MANY`))?.onHand).toBe(9_870n);
    expect(await shop.violations()).toEqual([]);
  });
});
