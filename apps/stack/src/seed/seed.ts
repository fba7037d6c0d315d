import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ImportProductsRequestSchema } from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import { DiscountClass, Trigger } from "@shop/contract/shop/discount/v1/campaign_pb.js";
import type { ShopClients } from "../shop-clients.js";
import { type SeedProduct, seedCampaigns, seedCatalogue } from "./catalogue.js";

const CURRENCY = "GBP";
/** The catalogue speaks of this day, so that an operator's later change stays when the stack starts again. */
const OPENED_AT = new Date("2020-01-01T00:00:00Z");

/** Gives an empty shop something to sell. Idempotent: what is there already stays as it is. Needs an operator. */
export async function seedShop(shop: ShopClients): Promise<void> {
  await Promise.all([
    shop.catalog.importProducts(productMessages()),
    createWelcomeCampaign(shop),
    createShippingCampaign(shop),
  ]);
}

async function* productMessages(): AsyncGenerator<MessageInitShape<typeof ImportProductsRequestSchema>> {
  for (const product of seedCatalogue) yield productMessage(product);
}

function productMessage({
  sku,
  name,
  description,
  priceMinor,
  collections,
  weightGrams,
  stock,
}: SeedProduct) {
  return {
    product: {
      sku,
      name,
      description,
      price: { currencyCode: CURRENCY, minor: priceMinor },
      collections,
      weightGrams,
    },
    observeTime: timestampFromDate(OPENED_AT),
    stockReceipt: { receiptKey: `seed:${sku}`, quantity: stock },
  };
}

async function createWelcomeCampaign(shop: ShopClients): Promise<void> {
  const { code, name, title, basisPoints, perCustomer } = seedCampaigns.welcome;
  await shop.discounts.createCampaign({
    idempotencyKey: `seed:${code}`,
    spec: {
      name,
      title,
      trigger: Trigger.CODE,
      codes: [code],
      benefit: { kind: { case: "percentage", value: { basisPoints } } },
      scope: { kind: { case: "order", value: {} } },
      combinesWith: [DiscountClass.SHIPPING],
      limits: { redemptionsPerCustomer: perCustomer },
      advertised: true,
    },
  });
}

async function createShippingCampaign(shop: ShopClients): Promise<void> {
  const { name, title, minimumSpendMinor } = seedCampaigns.shipping;
  await shop.discounts.createCampaign({
    idempotencyKey: "seed:free-shipping",
    spec: {
      name,
      title,
      trigger: Trigger.AUTOMATIC,
      benefit: { kind: { case: "freeShipping", value: {} } },
      scope: { kind: { case: "shipping", value: {} } },
      conditions: { minimumSpend: { currencyCode: CURRENCY, minor: minimumSpendMinor } },
      combinesWith: [DiscountClass.ORDER, DiscountClass.PRODUCT],
      advertised: true,
    },
  });
}
