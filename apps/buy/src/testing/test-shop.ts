import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Channel, createChannel } from "@charter/client";
import { createUserTokenIssuer, generateSigningKey, loadServiceIdentity } from "@charter/identity";
import { createLogger } from "@charter/telemetry";
import { type Buy, build } from "../service.js";
import { type Neighbour, startNeighbour } from "./neighbour.js";
import { playedDelivery } from "./played-delivery.js";
import { playedDiscount } from "./played-discount.js";
import { openTestSchema, type TestSchema } from "./test-schema.js";

/** A buy service on a real server and database, among neighbours that are played by real servers. */
export interface TestShop {
  readonly buy: Buy;
  readonly schema: TestSchema;
  readonly discount: Neighbour;
  readonly delivery: Neighbour;
  /** What buy has logged, one JSON object a line. */
  readonly logged: readonly string[];
  /** An access token of a user. */
  token(subject: string, roles?: readonly string[]): Promise<string>;
  /** A gRPC channel to buy as that user; anonymous without one. Closed with the shop. */
  as(subject?: string, roles?: readonly string[]): Channel;
  close(): Promise<void>;
}

/** Starts it. */
export async function openTestShop(): Promise<TestShop> {
  const identityDirectory = await mkdtemp(join(tmpdir(), "buy-test-"));
  const log = createLogger({ service: "buy-test", level: "silent" });
  const userKey = await generateSigningKey();
  const issuer = createUserTokenIssuer({ issuer: "shop.user", audience: "shop", currentKey: () => userKey });
  const token = async (subject: string, roles: readonly string[] = []) =>
    (await issuer.issue({ subject, roles, sessionId: subject })).token;
  const schema = await openTestSchema();
  await loadServiceIdentity({ directory: identityDirectory, service: "buy" });
  const around = { identityDirectory, userKey, log };
  const user = await startNeighbour({ name: "user", ...around });
  const discount = await startNeighbour({ name: "discount", implementations: [playedDiscount()], ...around });
  const delivery = await startNeighbour({ name: "delivery", implementations: [playedDelivery()], ...around });
  const logged: string[] = [];
  const buy = await build({
    host: "127.0.0.1",
    port: 0,
    identityDirectory,
    peers: { user: [user.url], discount: discount.url, delivery: delivery.url },
    databaseUrl: schema.url,
    log: createLogger({ service: "buy", destination: { write: (line) => void logged.push(line) } }),
  });
  const channels: Channel[] = [];
  return {
    buy,
    schema,
    discount,
    delivery,
    logged,
    token,
    as(subject, roles) {
      const tokenFor = async () => (subject === undefined ? undefined : token(subject, roles));
      const targets = { "shop.buy.v1": { url: buy.url, audience: "buy" } };
      const channel = createChannel({ targets, credentials: { tokenFor } });
      channels.push(channel);
      return channel;
    },
    async close() {
      for (const channel of channels) channel.close();
      await buy.drain();
      for (const neighbour of [user, discount, delivery]) await neighbour.stop();
      await schema.close();
      await rm(identityDirectory, { recursive: true });
    },
  };
}
