import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@bufbuild/protobuf";
import { type Channel, createChannel } from "@charter/client";
import { loadServiceIdentity } from "@charter/identity";
import { type Database, openDatabase } from "@charter/postgres";
import { createLogger } from "@charter/telemetry";
import { createTestDatabase, keyedMethodContract, type TestDatabase } from "@charter/testing";
import { type Client, Code } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { DiscountService } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { RedemptionState } from "@shop/contract/shop/discount/v1/redemption_pb.js";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { build, type Discount } from "./service.js";
import { pounds } from "./testing/harness.js";
import { startUserKeys } from "./testing/user-keys.js";

let database: TestDatabase;
let db: Database<unknown>;
let directory: string;
let userKeys: Awaited<ReturnType<typeof startUserKeys>>;
let service: Discount;
let operator: string;
const channels: Channel[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase({ url: database.url, applicationName: "test" });
  directory = await mkdtemp(join(tmpdir(), "discount-identity-"));
  userKeys = await startUserKeys();
  operator = await userKeys.tokenOf("operator");
  service = await build({
    host: "127.0.0.1",
    port: 0,
    databaseUrl: database.url,
    identityDirectory: directory,
    userUrls: [userKeys.url],
    log: createLogger({ service: "discount", level: "silent" }),
  });
});
afterAll(async () => {
  for (const channel of channels) channel.close();
  await service.drain();
  await db.close();
  await userKeys.close();
  await database.drop();
  await rm(directory, { recursive: true });
});

/** A gRPC client that proves to be a service of the installation. */
async function clientOf(name: string): Promise<Client<typeof DiscountService>> {
  const credentials = await loadServiceIdentity({ directory, service: name });
  const targets = { "shop.discount.v1": { url: service.url, audience: "discount" } };
  const channel = createChannel({ targets, credentials });
  channels.push(channel);
  return channel.client(DiscountService);
}

function post(method: string, body: object, token?: string) {
  return fetch(`${service.url}/shop.discount.v1.DiscountService/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
}

async function json(method: string, body: JsonObject, token?: string) {
  const response = await post(method, body, token);
  return { status: response.status, body: await response.json() };
}

const campaign = (code: string) => ({
  idempotencyKey: `create ${code}`,
  spec: {
    name: code,
    title: "Welcome",
    trigger: "TRIGGER_CODE",
    codes: [code],
    benefit: { percentage: { basisPoints: 1000 } },
    scope: { order: {} },
    limits: { totalRedemptions: "2" },
  },
});
const gbp = (minor: number) => ({ currencyCode: "GBP", minor: String(minor) });
const line = { lineId: "1", sku: "A", quantity: 2, unitPrice: gbp(500) };
const basket = { currencyCode: "GBP", lines: [line], codes: ["ten"] };

describe("CreateCampaign under a key", () => {
  keyedMethodContract({
    request: async () => campaign(uuidv7().slice(-12)),
    otherwise: { spec: campaign("another").spec },
    send: (request) => post("CreateCampaign", request, operator),
    effects: async () => {
      const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM campaign`.execute(db);
      return rows[0]?.n ?? 0;
    },
    domain: "shop.discount.v1",
  });
});

describe("the discount service, served", () => {
  it("creates a campaign and evaluates a basket, as JSON over HTTP/1.1", async () => {
    const created = await json("CreateCampaign", campaign("ten"), operator);
    expect(created).toMatchObject({ status: 200, body: { campaign: { spec: { codes: ["TEN"] } } } });
    const evaluated = await json("Evaluate", { basket }, operator);
    expect(evaluated).toMatchObject({
      status: 200,
      body: {
        evaluation: {
          lines: [
            {
              lineId: "1",
              adjustments: [{ code: "TEN", explanation: "Welcome: 10 % off", amount: gbp(100) }],
            },
          ],
          total: gbp(900),
        },
      },
    });
  });

  it("answers a repeated key with the campaign as it was created", async () => {
    const first = await json("CreateCampaign", campaign("twice"), operator);
    const campaignId = (first.body as { campaign: { campaignId: string } }).campaign.campaignId;
    await json("PauseCampaign", { campaignId }, operator);
    expect(await json("CreateCampaign", campaign("twice"), operator)).toEqual(first);
  });

  it("keeps no key of a refusal", async () => {
    const taken = { ...campaign("twice"), idempotencyKey: "taken" };
    expect(await json("CreateCampaign", taken, operator)).toMatchObject({
      body: { details: [{ debug: { reason: "CODE_TAKEN" } }] },
    });
    const free = { ...campaign("free"), idempotencyKey: "taken" };
    expect(await json("CreateCampaign", free, operator)).toMatchObject({ status: 200 });
  });

  it("takes an order of buy from evaluation to redemption and back, over gRPC on the same port", async () => {
    await json("CreateCampaign", campaign("grpc"), operator);
    const client = await clientOf("buy");
    const unitPrice = pounds(500n);
    const { evaluation } = await client.evaluate({
      basket: { ...basket, codes: ["grpc"], lines: [{ ...line, unitPrice }] },
    });
    const items = (evaluation?.appliedCampaigns ?? []).map(({ campaignId, code, amount }) => ({
      campaignId,
      code,
      ...(amount && { amount }),
    }));
    const redemptionId = "saga:reserve-redemption";
    const order = { redemptionId, orderId: uuidv7(), customerId: uuidv7(), items };
    expect((await client.reserveRedemption(order)).redemption?.state).toBe(RedemptionState.RESERVED);
    expect((await client.commitRedemption({ redemptionId })).redemption?.state).toBe(
      RedemptionState.COMMITTED,
    );
    await expect(client.releaseRedemption({ redemptionId })).rejects.toMatchObject({
      code: Code.FailedPrecondition,
    });
    expect((await client.rollbackRedemption({ redemptionId })).redemption?.state).toBe(
      RedemptionState.ROLLED_BACK,
    );
  });

  it.each([
    ["Evaluate", { basket }],
    ["CreateCampaign", campaign("nobody")],
    ["GetCampaign", { campaignId: uuidv7() }],
    ["ListCampaigns", {}],
    ["CommitRedemption", { redemptionId: "r" }],
  ])("tells shoppers and strangers nothing: %s", async (method, body) => {
    expect((await json(method, body)).status).toBe(401);
    expect((await json(method, body, await userKeys.tokenOf())).status).toBe(403);
  });

  it("lets buy alone redeem, and operators alone run campaigns", async () => {
    const refused = { code: Code.PermissionDenied };
    const [buy, delivery] = await Promise.all([clientOf("buy"), clientOf("delivery")]);
    await expect(delivery.commitRedemption({ redemptionId: "r" })).rejects.toMatchObject(refused);
    await expect(delivery.evaluate({ basket: { currencyCode: "GBP" } })).rejects.toMatchObject(refused);
    await expect(buy.getCampaign({ campaignId: uuidv7() })).rejects.toMatchObject(refused);
    expect((await json("CommitRedemption", { redemptionId: "r" }, operator)).status).toBe(403);
    expect(await buy.listCampaigns({})).toMatchObject({ campaigns: [] });
  });

  it.each<[string, string, JsonObject]>([
    ["a negative quantity", "Evaluate", { basket: { ...basket, lines: [{ ...line, quantity: -1 }] } }],
    ["two lines of one id", "Evaluate", { basket: { ...basket, lines: [line, line] } }],
    ["two currencies", "Evaluate", { basket: { ...basket, currencyCode: "EUR" } }],
    ["no basket", "Evaluate", {}],
    ["an unknown field", "Evaluate", { basket, price: 1 }],
    [
      "a campaign without a benefit",
      "CreateCampaign",
      { idempotencyKey: "k", spec: { name: "n", title: "t" } },
    ],
    ["an id that is none", "GetCampaign", { campaignId: "1" }],
  ])("refuses %s", async (_, method, body) => {
    expect(await json(method, body, operator)).toMatchObject({
      status: 400,
      body: { code: "invalid_argument" },
    });
  });

  it("gives a reason that a program can read", async () => {
    const client = await clientOf("buy");
    await expect(client.commitRedemption({ redemptionId: "never reserved" })).rejects.toMatchObject({
      code: Code.NotFound,
    });
    const missing = await json("GetCampaign", { campaignId: uuidv7() }, operator);
    expect(missing).toMatchObject({
      status: 404,
      body: {
        code: "not_found",
        details: [
          {
            type: "google.rpc.ErrorInfo",
            debug: { reason: "CAMPAIGN_NOT_FOUND", domain: "shop.discount.v1" },
          },
        ],
      },
    });
  });

  it("says which of its methods are still to come", async () => {
    const answer = await json("ArchiveCampaign", { campaignId: uuidv7() }, operator);
    expect(answer).toMatchObject({ status: 501, body: { code: "unimplemented" } });
  });

  it("is ready", async () => {
    const response = await fetch(`${service.url}/readyz`);
    expect(await response.json()).toEqual({ status: "ready", checks: { database: "ok" } });
  });
});
