import { connect } from "node:net";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Client, credentials } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  ListProductsRequestSchema,
  type ListProductsResponse,
  ListProductsResponseSchema,
} from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import { v7 as uuidv7 } from "uuid";
import { seedProduct } from "./testing/seed-product.js";
import { openTestShop, type TestShop } from "./testing/test-shop.js";

const LIST_PRODUCTS = "/shop.buy.v1.CatalogService/ListProducts";
const SET_ITEM = "/shop.buy.v1.CartService/SetItem";

describe("the buy service", () => {
  let shop: TestShop;
  let shopper: string;
  beforeAll(async () => {
    shop = await openTestShop();
    await seedProduct(shop.schema.db, { sku: "85123A", onHand: 3n, priceMinor: 255n });
    shopper = `Bearer ${await shop.token(uuidv7())}`;
  });
  afterAll(() => shop.close());

  /** Posts JSON over HTTP/1.1. */
  async function post(path: string, body: string, authorization = ""): Promise<[number, JsonError]> {
    const headers = { "content-type": "application/json", ...(authorization ? { authorization } : {}) };
    const answer = await fetch(`${shop.buy.url}${path}`, { method: "POST", headers, body });
    return [answer.status, (await answer.json()) as JsonError];
  }

  it("answers JSON over HTTP/1.1 to whoever asks for products", async () => {
    const [status, answer] = await post(LIST_PRODUCTS, "{}");
    expect(status).toBe(200);
    expect(answer).toMatchObject({
      products: [
        { sku: "85123A", price: { currencyCode: "GBP", minor: "255" }, available: "3", version: "1" },
      ],
    });
  });

  it("answers the same over gRPC to a client that is not ours", async () => {
    const client = new Client(new URL(shop.buy.url).host, credentials.createInsecure());
    const answer = await new Promise<ListProductsResponse | undefined>((resolve, reject) => {
      client.makeUnaryRequest(
        LIST_PRODUCTS,
        (request: Uint8Array) => Buffer.from(request),
        (bytes) => fromBinary(ListProductsResponseSchema, bytes),
        toBinary(ListProductsRequestSchema, create(ListProductsRequestSchema)),
        (error, response) => (error ? reject(error) : resolve(response)),
      );
    });
    client.close();
    expect(answer?.products.map((product) => product.sku)).toEqual(["85123A"]);
  });

  it.each([
    ["malformed JSON", SET_ITEM, "{", 400],
    ["an unknown field", SET_ITEM, '{"skew":"85123A"}', 400],
    ["a missing field", SET_ITEM, '{"quantity":1}', 400],
    ["a negative quantity", SET_ITEM, '{"sku":"85123A","quantity":-1}', 400],
    ["a body over the cap", SET_ITEM, `{"sku":"${"x".repeat(5_000_000)}"}`, 429],
    ["an unknown procedure", "/shop.buy.v1.CartService/Steal", "{}", 404],
    [
      "a method that is not built yet",
      "/shop.buy.v1.CartService/MergeCart",
      '{"lines":[{"sku":"a","quantity":1}]}',
      501,
    ],
  ])("refuses %s with machine-readable details and lives on", async (_, path, body, status) => {
    const [answered, error] = await post(path, body, shopper);
    expect([answered, error.details?.length]).toEqual([status, expect.any(Number)]);
    expect(JSON.stringify(error)).not.toMatch(/node_modules|\.ts:|select /);
    expect((await post(LIST_PRODUCTS, "{}"))[0]).toBe(200);
  });

  it.each([
    ["nobody", ""],
    ["a forged token", "Bearer eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl"],
  ])("keeps %s out of carts", async (_, authorization) => {
    const [status, error] = await post(SET_ITEM, '{"sku":"85123A","quantity":1}', authorization);
    expect([status, error.code]).toEqual([401, "unauthenticated"]);
  });

  it("outlives a host that is none", async () => {
    const { hostname, port } = new URL(shop.buy.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      socket.once("data", (data) => {
        socket.destroy();
        resolve(data.toString());
      });
      socket.once("error", reject);
      socket.write(`POST ${LIST_PRODUCTS} HTTP/1.1\r\nHost: [\r\nContent-Length: 2\r\n\r\n{}`);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect((await post(LIST_PRODUCTS, "{}"))[0]).toBe(200);
  });

  it("tells whether it is ready", async () => {
    expect((await fetch(`${shop.buy.url}/readyz`)).status).toBe(200);
  });
});

/** An error in Connect's JSON form; a success has neither. */
interface JsonError {
  readonly code?: string;
  readonly details?: readonly unknown[];
}
