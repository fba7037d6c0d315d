import type { Client } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { CartService } from "@shop/contract/shop/buy/v1/cart_service_pb.js";
import { ServiceLevel } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import { CodeRefusalReason } from "@shop/contract/shop/discount/v1/evaluation_pb.js";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { EXPRESS_MINOR, STANDARD_MINOR } from "../testing/played-delivery.js";
import { TEN_OFF_ID } from "../testing/played-discount.js";
import { reasonOf } from "../testing/reason-of.js";
import { seedProduct } from "../testing/seed-product.js";
import { openTestShop, type TestShop } from "../testing/test-shop.js";

const address = (countryCode = "GB", postalCode = "EC1A 1BB") => ({
  recipient: "Ada",
  lines: ["1 Analytical Row"],
  city: "London",
  postalCode,
  countryCode,
});

describe("QuoteCart", () => {
  let shop: TestShop;
  let cart: Client<typeof CartService>;
  beforeEach(async () => {
    shop = await openTestShop();
    await seedProduct(shop.schema.db, { sku: "a", onHand: 5n, priceMinor: 255n });
    await seedProduct(shop.schema.db, { sku: "b", onHand: 5n, priceMinor: 1_000n });
    cart = shop.as(uuidv7()).client(CartService);
  });
  afterEach(() => shop.close());

  async function filled(): Promise<void> {
    await cart.setItem({ sku: "a", quantity: 6 });
    await cart.setItem({ sku: "b", quantity: 1 });
  }
  const quote = async (request: Parameters<typeof cart.quoteCart>[0]) =>
    (await cart.quoteCart(request)).quote;

  it("explains every line, the shipping and the tax", async () => {
    await filled();
    const answer = await quote({ codes: ["TENOFF", "FREESHIP", "NOPE"], shipTo: address() });
    expect(answer).toMatchObject({
      cartVersion: 2n,
      discountsUnavailable: false,
      deliveryUnavailable: false,
      serviceLevel: ServiceLevel.STANDARD,
      refusedCodes: [{ code: "NOPE", reason: CodeRefusalReason.NOT_FOUND }],
      withdrawnSkus: [],
    });
    expect(answer?.deliveryOptions.map((option) => option.price?.minor)).toEqual([
      STANDARD_MINOR,
      EXPRESS_MINOR,
    ]);
    expect(answer?.price).toMatchObject({
      items: { minor: 2_530n },
      discount: { minor: 748n },
      shipping: { minor: 495n },
      tax: { minor: 455n },
      total: { currencyCode: "GBP", minor: 2_732n },
      shippingCharge: { amount: { minor: 495n }, discount: { minor: 495n }, tax: { minor: 0n } },
    });
    expect(answer?.price?.lines).toMatchObject([
      {
        lineNumber: 1,
        sku: "a",
        subtotal: { minor: 1_530n },
        discount: { minor: 153n },
        tax: { minor: 275n },
      },
      {
        lineNumber: 2,
        sku: "b",
        subtotal: { minor: 1_000n },
        discount: { minor: 100n },
        tax: { minor: 180n },
      },
    ]);
    expect(answer?.price?.adjustments).toMatchObject([
      {
        campaignId: TEN_OFF_ID,
        explanation: "Ten off",
        amount: { minor: 253n },
        lineShares: [
          { lineNumber: 1, amount: { minor: 153n } },
          { lineNumber: 2, amount: { minor: 100n } },
        ],
        shippingShare: { minor: 0n },
      },
      { explanation: "Free shipping", lineShares: [], shippingShare: { minor: 495n } },
    ]);
  });

  it("takes the delivery option that was chosen", async () => {
    await filled();
    const answer = await quote({ shipTo: address("JP"), serviceLevel: ServiceLevel.EXPRESS });
    expect(answer?.price).toMatchObject({ tax: { minor: 0n }, total: { minor: 2_530n + EXPRESS_MINOR } });
    const slot = cart.quoteCart({ shipTo: address(), serviceLevel: ServiceLevel.SLOT });
    expect(await reasonOf(slot)).toEqual({ reason: "DELIVERY_OPTION_UNAVAILABLE", service_level: "SLOT" });
  });

  it("quotes without an address, without shipping", async () => {
    await filled();
    const answer = await quote({});
    expect(answer?.price?.shippingCharge).toBeUndefined();
    expect(answer?.price?.total?.minor).toBe(3_036n);
    expect([answer?.deliveryOptions, answer?.deliveryUnavailable]).toEqual([[], false]);
  });

  it("says so when the discount service is dead, and quotes the full price", async () => {
    await filled();
    await shop.discount.stop();
    const answer = await quote({ codes: ["TENOFF"], shipTo: address() });
    expect(answer).toMatchObject({ discountsUnavailable: true, refusedCodes: [] });
    expect(answer?.price).toMatchObject({ discount: { minor: 0n }, total: { minor: 3_630n } });
  });

  it("says so when the delivery service is dead, and quotes without shipping", async () => {
    await filled();
    await shop.delivery.stop();
    const answer = await quote({ codes: ["TENOFF"], shipTo: address() });
    expect(answer).toMatchObject({ deliveryUnavailable: true, discountsUnavailable: false });
    expect(answer?.price).toMatchObject({ discount: { minor: 253n }, shipping: { minor: 0n } });
  });

  it("refuses where nothing is delivered and what is no postal code", async () => {
    await filled();
    expect(await reasonOf(cart.quoteCart({ shipTo: address("AQ") }))).toEqual({
      reason: "ADDRESS_NOT_SERVED",
      country_code: "AQ",
    });
    await expect(cart.quoteCart({ shipTo: address("GB", "BAD") })).rejects.toThrow("ship_to.postal_code");
  });

  it("leaves out what was withdrawn, and refuses a cart with nothing else", async () => {
    expect(await reasonOf(cart.quoteCart({}))).toEqual({ reason: "CART_EMPTY" });
    await filled();
    await sql`update product set state = 'WITHDRAWN' where sku = 'a'`.execute(shop.schema.db);
    const answer = await quote({});
    expect(answer?.withdrawnSkus).toEqual(["a"]);
    expect(answer?.price?.lines.map((line) => line.sku)).toEqual(["b"]);
    await sql`update product set state = 'WITHDRAWN' where sku = 'b'`.execute(shop.schema.db);
    expect(await reasonOf(cart.quoteCart({}))).toEqual({ reason: "CART_EMPTY" });
  });
});
