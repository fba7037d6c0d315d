import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createChannel } from "@charter/client";
import {
  createUserTokenIssuer,
  generateSigningKey,
  loadServiceIdentity,
  staticKeySet,
} from "@charter/identity";
import { openDatabase } from "@charter/postgres";
import { createLogger } from "@charter/telemetry";
import { createTestDatabase, ManualClock } from "@charter/testing";
import { sql } from "kysely";
import { invariants } from "../invariants.js";
import { build } from "../service.js";

/** The whole service on a free port with a database of its own, parcels on a clock of their own, and callers with real tokens. */
export async function startService() {
  const database = await createTestDatabase();
  const directory = await mkdtemp(join(tmpdir(), "delivery-identity-"));
  const userKey = await generateSigningKey();
  const carrierClock = new ManualClock(Date.now());
  const lines: string[] = [];
  const service = await build({
    databaseUrl: database.url,
    host: "127.0.0.1",
    port: 0,
    identityDirectory: directory,
    userUrls: ["http://127.0.0.1:1"],
    userKeys: staticKeySet([userKey]),
    carrierSpeed: 1,
    slotCapacity: 40,
    log: createLogger({ service: "delivery", destination: { write: (line) => void lines.push(line) } }),
    carrierClock,
  });
  const { url } = service;
  const identity = await loadServiceIdentity({ directory, service: "buy" });
  const issuer = createUserTokenIssuer({ issuer: "shop.user", audience: "shop", currentKey: () => userKey });
  const db = openDatabase<unknown>({ url: database.url, applicationName: "test" });
  const targets = { "shop.delivery.v1": { url, audience: "delivery" } };
  const asBuy = createChannel({ targets, credentials: identity });
  return {
    url,
    carrierClock,
    /** What was logged so far, one JSON object a line. */
    lines,
    databaseUrl: database.url,
    /** Calls over gRPC with the identity of the service buy. */
    asBuy,
    /** The value of an authorization header of a user. */
    async bearer(subject: string, roles: readonly string[] = []): Promise<string> {
      return `Bearer ${(await issuer.issue({ subject, roles, sessionId: "session" })).token}`;
    },
    /** Posts JSON to a method, as curl does. */
    post: (method: string, body: string, headers: Record<string, string> = {}) =>
      fetch(`${url}/shop.delivery.v1.DeliveryService/${method}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body,
      }),
    /** How many shipments there are. */
    async shipments(): Promise<number> {
      const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM shipment`.execute(db);
      return rows[0]?.n ?? 0;
    },
    /** How many breaches the invariants find once a statement has done its damage, which is undone afterwards. */
    async breachesAfter(damage: string): Promise<number> {
      const tx = await db.startTransaction().execute();
      try {
        await sql.raw(damage).execute(tx);
        const found = [];
        for (const invariant of invariants) found.push(...(await sql.raw(invariant.sql).execute(tx)).rows);
        return found.length;
      } finally {
        await tx.rollback().execute();
      }
    },
    async stop() {
      asBuy.close();
      await db.close();
      await service.drain();
      await database.drop();
      await rm(directory, { recursive: true });
    },
  };
}

export type StartedService = Awaited<ReturnType<typeof startService>>;
