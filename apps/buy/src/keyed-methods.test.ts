import { keyedMethodContract } from "@charter/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { STANDARD_MINOR } from "./testing/played-delivery.js";
import { seedProduct } from "./testing/seed-product.js";
import { openTestShop, type TestShop } from "./testing/test-shop.js";

const priceMinor = 1_000n;
const domain = "shop.buy.v1";
const shopper = uuidv7();
const [ADJUST_STOCK, SET_ITEM, PLACE_ORDER] = [
  "CatalogService/AdjustStock",
  "CartService/SetItem",
  "OrderService/PlaceOrder",
] as const;

describe("under a key", () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await openTestShop();
    await seedProduct(shop.schema.db, { sku: "A", onHand: 1_000n, priceMinor });
  });
  afterAll(() => shop.close());

  async function post(method: string, request: object, roles: readonly string[] = []): Promise<Response> {
    const authorization = `Bearer ${await shop.token(shopper, roles)}`;
    return fetch(`${shop.buy.url}/shop.buy.v1.${method}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization },
      body: JSON.stringify(request),
    });
  }
  const answer = async (response: Promise<Response>) => JSON.parse(await (await response).text());
  const count = async (table: string, where = sql`true`) => {
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from ${sql.table(table)} where ${where}`.execute(shop.schema.db);
    return rows[0]?.n ?? 0;
  };

  /** A request for what the shopper then has in the cart. */
  async function placing() {
    const { cart } = await answer(post(SET_ITEM, { sku: "A", quantity: "1" }));
    const net = priceMinor + STANDARD_MINOR;
    return {
      idempotencyKey: uuidv7(),
      cartVersion: cart.version,
      expectedTotal: { currencyCode: "GBP", minor: String(net + net / 5n) },
      shipTo: {
        recipient: "Ada",
        lines: ["1 High Street"],
        city: "London",
        postalCode: "SW1A 1AA",
        countryCode: "GB",
      },
      serviceLevel: "SERVICE_LEVEL_STANDARD",
      paymentMethod: "pm_ok",
    };
  }

  describe("AdjustStock", () => {
    keyedMethodContract({
      request: async () => ({
        idempotencyKey: uuidv7(),
        sku: "A",
        delta: "1",
        reason: "STOCK_REASON_CORRECTION",
      }),
      otherwise: { delta: "2" },
      send: (request) => post(ADJUST_STOCK, request, ["operator"]),
      effects: async () => count("stock_entry", sql`actor = ${shopper}`),
      domain,
    });
  });

  describe("PlaceOrder", () => {
    keyedMethodContract({
      request: placing,
      otherwise: { paymentMethod: "pm_slow" },
      send: (request) => post(PLACE_ORDER, request),
      effects: () => count("orders"),
      domain,
    });
  });

  it("leaves no promise of its contract to its handlers", () => {
    expect(shop.logged.join("")).not.toContain("not enforced");
  });
});
