import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type Client, ConnectError } from "@connectrpc/connect";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  CatalogService,
  type ImportProductsRequest,
  type ImportProductsRequestSchema,
  ProductRefusalReason,
  StockReason,
  WriteOutcome,
} from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import { ProductState, TaxCategory } from "@shop/contract/shop/buy/v1/product_pb.js";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { reserveStock } from "../store/stock.js";
import { reasonOf } from "../testing/reason-of.js";
import { openTestShop, type TestShop } from "../testing/test-shop.js";

const OPERATOR = "01890a5d-ac96-774b-bcce-b302099a0001";

type Row = Exclude<MessageInitShape<typeof ImportProductsRequestSchema>, ImportProductsRequest>;

const gbp = (minor: bigint) => ({ currencyCode: "GBP", minor });
const december = (day: number) => timestampFromDate(new Date(Date.UTC(2010, 11, day)));
const row = (sku: string, minor: bigint, day: number, receipt?: [string, bigint]): Row => ({
  product: { sku, name: `Product ${sku}`, price: gbp(minor) },
  observeTime: december(day),
  ...(receipt ? { stockReceipt: { receiptKey: receipt[0], quantity: receipt[1] } } : {}),
});
async function* rows(...all: readonly Row[]): AsyncIterable<Row> {
  yield* all;
}

describe("CatalogService", () => {
  let shop: TestShop;
  let anybody: Client<typeof CatalogService>;
  let operator: Client<typeof CatalogService>;
  beforeAll(async () => {
    shop = await openTestShop();
    anybody = shop.as().client(CatalogService);
    operator = shop.as(OPERATOR, ["operator"]).client(CatalogService);
  });
  afterAll(() => shop.close());
  beforeEach(async () => {
    await sql`truncate product, charter_answer cascade`.execute(shop.schema.db);
  });

  it("creates, changes and leaves a product as it is", async () => {
    const product = { sku: "85123A", name: "Heart holder", price: gbp(255n), collections: ["home", "decor"] };
    const created = await operator.upsertProduct({ product });
    expect(created.outcome).toBe(WriteOutcome.CREATED);
    expect(created.product).toMatchObject({
      sku: "85123A",
      collections: ["decor", "home"],
      state: ProductState.ACTIVE,
      taxCategory: TaxCategory.STANDARD,
      version: 1n,
      available: 0n,
    });
    expect((await operator.upsertProduct({ product })).outcome).toBe(WriteOutcome.UNCHANGED);
    const changed = await operator.upsertProduct({ product: { ...product, price: gbp(295n) } });
    expect([changed.outcome, changed.product?.version]).toEqual([WriteOutcome.UPDATED, 2n]);
    const { product: read } = await anybody.getProduct({ sku: "85123A" });
    expect(read).toEqual(changed.product);
  });

  it("refuses to overwrite a revision that the operator has not seen", async () => {
    const product = { sku: "a", name: "A", price: gbp(1n) };
    expect(await reasonOf(operator.upsertProduct({ product, expectedVersion: 1n }))).toEqual({
      reason: "PRODUCT_CHANGED",
      sku: "a",
      version: "0",
    });
    await operator.upsertProduct({ product });
    await operator.upsertProduct({ product: { ...product, name: "B" }, expectedVersion: 1n });
    expect(
      await reasonOf(operator.upsertProduct({ product: { ...product, name: "C" }, expectedVersion: 1n })),
    ).toMatchObject({ reason: "PRODUCT_CHANGED", version: "2" });
  });

  it("lets one of many writers of one revision win", async () => {
    const product = { sku: "a", name: "A", price: gbp(1n) };
    await operator.upsertProduct({ product });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        operator.upsertProduct({ product: { ...product, name: `A${index}` }, expectedVersion: 1n }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
  });

  it("says which product it does not have", async () => {
    expect(await reasonOf(anybody.getProduct({ sku: "nope" }))).toEqual({
      reason: "PRODUCT_NOT_FOUND",
      sku: "nope",
    });
    await operator.importProducts(rows(row("b", 1n, 1), row("a", 1n, 1)));
    const { products, missingSkus } = await anybody.batchGetProducts({ skus: ["x", "b", "y", "a"] });
    expect(products.map((product) => product.sku)).toEqual(["b", "a"]);
    expect(missingSkus).toEqual(["x", "y"]);
  });

  it("lists active products page by page, also when the list changes meanwhile", async () => {
    await operator.importProducts(rows(...["e", "a", "M", "m", "c", "10"].map((sku) => row(sku, 1n, 1))));
    const first = await anybody.listProducts({ page: { pageSize: 2 } });
    expect(first.products.map((product) => product.sku)).toEqual(["10", "M"]);
    await operator.importProducts(rows(row("0", 1n, 1), row("b", 1n, 1)));
    const gone = { sku: "c", name: "c", price: gbp(1n), state: ProductState.WITHDRAWN };
    await operator.upsertProduct({ product: gone });
    const pageToken = first.page?.nextPageToken ?? "";
    const rest = await anybody.listProducts({ page: { pageSize: 10, pageToken } });
    expect(rest.products.map((product) => product.sku)).toEqual(["a", "b", "e", "m"]);
    expect(rest.page?.nextPageToken).toBe("");
  });

  it("lists one collection, and refuses the token of another list", async () => {
    const product = { sku: "a", name: "A", price: gbp(1n), collections: ["gifts"] };
    await operator.upsertProduct({ product });
    await operator.upsertProduct({ product: { ...product, sku: "b" } });
    await operator.upsertProduct({ product: { ...product, sku: "c", collections: [] } });
    const page = { pageSize: 1 };
    const gifts = await anybody.listProducts({ collection: "gifts", page });
    expect(gifts.products.map((one) => one.sku)).toEqual(["a"]);
    const pageToken = gifts.page?.nextPageToken ?? "";
    await expect(anybody.listProducts({ page: { pageToken } })).rejects.toThrow("page.page_token");
    await expect(anybody.listProducts({ page: { pageToken: "bm9uZQ" } })).rejects.toThrow("page.page_token");
  });

  it("finds products by all words, the last one unfinished, the best first", async () => {
    const spec = (sku: string, name: string, description = "") => ({
      sku,
      name,
      description,
      price: gbp(1n),
    });
    await operator.upsertProduct({ product: spec("1", "Red candle", "smells of a heart of roses") });
    await operator.upsertProduct({ product: spec("2", "Hanging HEART holder") });
    await operator.upsertProduct({ product: spec("3", "Heart-shaped dish") });
    await operator.upsertProduct({ product: spec("22.5CM", "Plate") });
    const found = async (query: string) =>
      (await anybody.searchProducts({ query })).products.map((product) => product.sku);
    expect(await found("heart")).toEqual(["2", "3", "1"]);
    expect(await found("hanging hea")).toEqual(["2"]);
    expect(await found("22.5cm")).toEqual(["22.5CM"]);
    expect(await found("!!!")).toEqual([]);
    expect(await found("' | heart & !x:*")).toEqual([]);
    const first = await anybody.searchProducts({ query: "heart", page: { pageSize: 2 } });
    const pageToken = first.page?.nextPageToken ?? "";
    const rest = await anybody.searchProducts({ query: "heart", page: { pageSize: 2, pageToken } });
    expect(rest.products.map((product) => product.sku)).toEqual(["1"]);
  });

  it("accounts for every row of an import, and changes nothing the second time", async () => {
    const file = [
      row("a", 100n, 1, ["1-a", 5n]),
      row("b", 100n, 1, ["1-b", 7n]),
      row("a", 120n, 2, ["2-a", 3n]),
      row("b", 90n, 1),
      row("b", 100n, 2, ["2-a", 3n]),
      { ...row("a", 1n, 3), product: { sku: "a", name: "a", price: { currencyCode: "EUR", minor: 1n } } },
    ];
    const refused = [
      { index: 4n, sku: "b", reason: ProductRefusalReason.RECEIPT_KEY_REUSED },
      { index: 5n, sku: "a", reason: ProductRefusalReason.CURRENCY_CHANGED },
    ];
    expect(await operator.importProducts(rows(...file))).toMatchObject({
      received: 6n,
      created: 2n,
      updated: 1n,
      unchanged: 1n,
      receiptsBooked: 3n,
      receiptsKnown: 0n,
      refused,
    });
    const all = () => anybody.batchGetProducts({ skus: ["a", "b"] });
    const before = await all();
    expect(before.products.map((one) => [one.price?.minor, one.available, one.version])).toEqual([
      [120n, 8n, 2n],
      [100n, 7n, 1n],
    ]);
    expect(await operator.importProducts(rows(...file))).toMatchObject({
      created: 0n,
      updated: 0n,
      unchanged: 4n,
      receiptsBooked: 0n,
      receiptsKnown: 3n,
      refused,
    });
    expect(await all()).toEqual(before);
  });

  it("keeps what came before a broken message, over several batches", async () => {
    const many = Array.from({ length: 450 }, (_, index) => row(`s${index}`, 1n, 1));
    const broken = { ...row("x", 1n, 1), product: { sku: "x", name: "", price: gbp(1n) } };
    await expect(operator.importProducts(rows(...many, broken))).rejects.toThrow(ConnectError);
    const { rows: counted } = await sql`select count(*) as count from product`.execute(shop.schema.db);
    expect(counted).toEqual([{ count: 400n }]);
    expect(await operator.importProducts(rows(...many))).toMatchObject({ created: 50n, unchanged: 400n });
  });

  it("books units, and never below what is reserved", async () => {
    await operator.importProducts(rows(row("a", 1n, 1, ["1-a", 5n])));
    const adjust = (delta: bigint) =>
      operator.adjustStock({
        idempotencyKey: uuidv7(),
        sku: "a",
        delta,
        reason: StockReason.CORRECTION,
        note: "count",
      });
    expect((await adjust(-2n)).stock?.onHand).toBe(3n);
    await shop.schema.db
      .transaction()
      .execute((tx) =>
        reserveStock(tx, { id: "r", lines: [{ sku: "a", quantity: 2n }], expiresAt: new Date("2100-01-01") }),
      );
    expect(await reasonOf(adjust(-2n))).toEqual({
      reason: "STOCK_BELOW_RESERVED",
      sku: "a",
      on_hand: "3",
      reserved: "2",
    });
    expect((await adjust(-1n)).stock).toMatchObject({ onHand: 2n, reserved: 2n, available: 0n });
  });

  it("lets only operators write", async () => {
    const product = { sku: "a", name: "A", price: gbp(1n) };
    await expect(anybody.upsertProduct({ product })).rejects.toMatchObject({ code: 16 });
    const shopper = shop.as(OPERATOR).client(CatalogService);
    await expect(shopper.upsertProduct({ product })).rejects.toMatchObject({ code: 7 });
  });
});
