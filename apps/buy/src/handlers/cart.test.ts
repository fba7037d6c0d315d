import type { Client } from "@connectrpc/connect";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { CartLineState } from "@shop/contract/shop/buy/v1/cart_pb.js";
import { CartService } from "@shop/contract/shop/buy/v1/cart_service_pb.js";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { removeOrdered } from "../store/carts.js";
import { reasonOf } from "../testing/reason-of.js";
import { seedProduct } from "../testing/seed-product.js";
import { openTestShop, type TestShop } from "../testing/test-shop.js";

describe("a cart", () => {
  let shop: TestShop;
  let userId: string;
  let cart: Client<typeof CartService>;
  beforeAll(async () => {
    shop = await openTestShop();
    await seedProduct(shop.schema.db, { sku: "a", onHand: 5n, priceMinor: 250n });
    await seedProduct(shop.schema.db, { sku: "b", onHand: 50n, priceMinor: 1_000n });
    await seedProduct(shop.schema.db, { sku: "gone" });
    await seedProduct(shop.schema.db, { sku: "euro" });
    await sql`update product set currency_code = 'EUR' where sku = 'euro'`.execute(shop.schema.db);
  });
  afterAll(() => shop.close());
  beforeEach(async () => {
    await setState("gone", "ACTIVE");
    userId = uuidv7();
    cart = shop.as(userId).client(CartService);
  });

  const setState = (sku: string, state: string) =>
    sql`update product set state = ${state} where sku = ${sku}`.execute(shop.schema.db);

  it("is there for everybody, empty, before anything was put in", async () => {
    const { cart: empty } = await cart.getCart({});
    expect(empty).toMatchObject({ version: 0n, lines: [] });
    expect([empty?.items, empty?.updateTime]).toEqual([undefined, undefined]);
  });

  it("holds what was put in, at today's prices", async () => {
    await cart.setItem({ sku: "b", quantity: 2 });
    const { cart: filled } = await cart.setItem({ sku: "a", quantity: 7 });
    expect(filled).toMatchObject({ version: 2n, items: { currencyCode: "GBP", minor: 3_750n } });
    expect(filled?.lines).toMatchObject([
      { sku: "a", quantity: 7, subtotal: { minor: 1_750n }, state: CartLineState.SHORT, available: 5n },
      { sku: "b", quantity: 2, subtotal: { minor: 2_000n }, state: CartLineState.AVAILABLE, available: 50n },
    ]);
    expect((await cart.getCart({})).cart).toEqual(filled);
  });

  it("keeps its version when nothing changes", async () => {
    await cart.setItem({ sku: "a", quantity: 1 });
    expect((await cart.setItem({ sku: "a", quantity: 1 })).cart?.version).toBe(1n);
    expect((await cart.removeItem({ sku: "unheard of" })).cart?.version).toBe(1n);
    expect((await cart.removeItem({ sku: "a" })).cart).toMatchObject({ version: 2n, lines: [] });
    expect((await cart.setItem({ sku: "a", quantity: 0 })).cart?.version).toBe(2n);
  });

  it("lets one of many changes to one version win", async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        reasonOf(cart.setItem({ sku: "a", quantity: index + 1, expectedVersion: 0n })),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome?.reason === "CART_CHANGED")).toHaveLength(9);
  });

  it("refuses what is not sold", async () => {
    await setState("gone", "WITHDRAWN");
    expect(await reasonOf(cart.setItem({ sku: "gone", quantity: 1 }))).toEqual({
      reason: "PRODUCT_WITHDRAWN",
      sku: "gone",
    });
    expect(await reasonOf(cart.setItem({ sku: "nope", quantity: 1 }))).toMatchObject({
      reason: "PRODUCT_NOT_FOUND",
    });
    await cart.setItem({ sku: "a", quantity: 1 });
    expect(await reasonOf(cart.setItem({ sku: "euro", quantity: 1 }))).toEqual({
      reason: "CURRENCY_MISMATCH",
      sku: "euro",
      currency_code: "GBP",
    });
  });

  it("takes 200 products and not one more", async () => {
    const skus = Array.from({ length: 201 }, (_, index) => `many-${String(index).padStart(3, "0")}`);
    for (const sku of skus) await seedProduct(shop.schema.db, { sku });
    await sql`insert into cart (user_id, version, updated_at) values (${userId}, 7, now())`.execute(
      shop.schema.db,
    );
    await sql`
      insert into cart_line (user_id, sku, quantity)
      select ${userId}, unnest(${skus.slice(0, 200)}::text[]), 1`.execute(shop.schema.db);
    expect(await reasonOf(cart.setItem({ sku: "many-200", quantity: 1 }))).toEqual({
      reason: "CART_FULL",
      max_lines: "200",
    });
    expect((await cart.setItem({ sku: "many-000", quantity: 2 })).cart?.lines).toHaveLength(200);
  });

  it("shows what was withdrawn since, without counting it", async () => {
    await cart.setItem({ sku: "gone", quantity: 1 });
    await cart.setItem({ sku: "a", quantity: 1 });
    await setState("gone", "WITHDRAWN");
    const { cart: left } = await cart.getCart({});
    expect(left?.lines.map((line) => line.state)).toEqual([CartLineState.AVAILABLE, CartLineState.WITHDRAWN]);
    expect(left?.items?.minor).toBe(250n);
  });

  it("loses what was ordered and keeps what came in since", async () => {
    await cart.setItem({ sku: "a", quantity: 3 });
    await cart.setItem({ sku: "b", quantity: 1 });
    const ordered = [
      { sku: "a", quantity: 2 },
      { sku: "b", quantity: 1 },
    ];
    await shop.schema.db
      .transaction()
      .execute((tx) => removeOrdered(tx, { userId, lines: ordered, now: new Date() }));
    expect((await cart.getCart({})).cart).toMatchObject({ version: 3n, lines: [{ sku: "a", quantity: 1 }] });
  });

  it("belongs to a user", async () => {
    await expect(shop.as().client(CartService).getCart({})).rejects.toMatchObject({ code: 16 });
  });
});
