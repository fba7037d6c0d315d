import { type Database, migrate, openDatabase } from "@charter/postgres";
import { createLogger } from "@charter/telemetry";
import { createTestDatabase, ManualClock, type TestDatabase } from "@charter/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { paymentProviderMigration } from "../migrations/0110-payment-provider.js";
import { EmbeddedProvider } from "./embedded-provider.js";
import { paymentProviderContract } from "./payment-provider.contract.js";

let database: TestDatabase;
let db: Database<unknown>;
const log = createLogger({ service: "test", level: "silent" });

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase({ url: database.url, applicationName: "provider-test" });
  await migrate(db, { "0110_payment_provider": paymentProviderMigration });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

async function empty(): Promise<void> {
  await sql`truncate provider.entries, provider.operations, provider.attempts, provider.authorizations`.execute(
    db,
  );
}

async function books(authorizationKey: string): Promise<{ held: bigint; merchant: bigint }> {
  const { rows } = await sql<{ held: bigint; merchant: bigint }>`
    select coalesce(sum(amount_minor) filter (where account = 'held'), 0)::int8 as held,
           coalesce(sum(amount_minor) filter (where account = 'merchant'), 0)::int8 as merchant
    from provider.entries where authorization_key = ${authorizationKey}`.execute(db);
  return rows[0] ?? { held: 0n, merchant: 0n };
}

paymentProviderContract("embedded", async () => {
  await empty();
  const provider = new EmbeddedProvider({ db, log });
  return { provider, books, close: () => provider.close() };
});

describe("EmbeddedProvider", () => {
  const request = (methodToken: string) => ({
    key: "a",
    amount: { currencyCode: "GBP", minor: 1_000n },
    methodToken,
    reference: "order",
  });

  it("answers unknown when its time is up and acts all the same", async () => {
    await empty();
    const clock = new ManualClock();
    const provider = new EmbeddedProvider({ db, log, clock, timeoutMs: 100 });
    const answer = provider.authorize(request("pm_authorize_late"));
    await clock.timersPending(2);
    await clock.advance(100);
    expect(await answer).toEqual({ kind: "unknown" });
    expect(await provider.query("a")).toEqual({ kind: "absent" });
    await clock.advance(10_000);
    await provider.idle();
    expect(await provider.query("a")).toEqual({ kind: "approved" });
    await provider.close();
  });

  it("lets no operation unbalance the books", async () => {
    await empty();
    const provider = new EmbeddedProvider({ db, log });
    await provider.authorize(request("pm_ok"));
    const cheat = sql`
      insert into provider.entries (operation_key, authorization_key, account, amount_minor)
      values ('a', 'a', 'merchant', 5)`.execute(db);
    await expect(cheat).rejects.toThrow("does not balance");
    await provider.close();
  });
});
