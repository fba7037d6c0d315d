import type { Client } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type LoadPageResponse,
  OfferScope,
  PagePart,
  StorefrontService,
} from "@shop/contract/shop/buy/v1/storefront_service_pb.js";
import { STANDARD_MINOR } from "../testing/played-delivery.js";
import { TEN_OFF_ID } from "../testing/played-discount.js";
import { seedProduct } from "../testing/seed-product.js";
import { openTestShop, type TestShop } from "../testing/test-shop.js";

describe("LoadPage", () => {
  let shop: TestShop;
  let storefront: Client<typeof StorefrontService>;
  beforeEach(async () => {
    shop = await openTestShop();
    await seedProduct(shop.schema.db, { sku: "a" });
    await seedProduct(shop.schema.db, { sku: "b" });
    storefront = shop.as().client(StorefrontService);
  });
  afterEach(() => shop.close());

  async function load(request: Parameters<typeof storefront.loadPage>[0]) {
    const parts = new Map<string | undefined, LoadPageResponse["part"]["value"]>();
    for await (const { part } of storefront.loadPage(request)) parts.set(part.case, part.value);
    return parts;
  }

  it("answers a page in three messages", async () => {
    const parts = await load({ page: { pageSize: 1 } });
    expect([...parts.keys()].toSorted()).toEqual(["catalogue", "deliveryPromise", "offers"]);
    expect(parts.get("catalogue")).toMatchObject({ products: [{ sku: "a" }] });
    expect(parts.get("offers")).toMatchObject({
      offers: [
        {
          campaignId: TEN_OFF_ID,
          title: "Ten off",
          scope: OfferScope.COLLECTIONS,
          collections: ["gifts"],
          needsCode: true,
        },
      ],
    });
    expect(parts.get("deliveryPromise")).toMatchObject({
      served: true,
      cheapest: { minor: STANDARD_MINOR },
      fastestArrivalTime: { seconds: BigInt(Date.UTC(2030, 0, 2) / 1_000) },
    });
  });

  it("says which part is not to be had, and gives the others", async () => {
    await shop.discount.stop();
    const parts = await load({});
    expect([...parts.keys()].toSorted()).toEqual(["catalogue", "deliveryPromise", "failed"]);
    expect(parts.get("failed")).toMatchObject({ part: PagePart.OFFERS, retryable: true });
  });

  it("says that nothing is delivered to a country", async () => {
    const parts = await load({ countryCode: "AQ" });
    expect(parts.get("deliveryPromise")).toMatchObject({ served: false });
  });

  it("refuses the page token of another list", async () => {
    await expect(load({ page: { pageToken: "bm9uZQ" } })).rejects.toThrow("page.page_token");
  });
});
