import { setTimeout as pause } from "node:timers/promises";
import { anonymous } from "@charter/identity";
import { type Database, openDatabase } from "@charter/postgres";
import { createServer, type Handlers, implement } from "@charter/server";
import { createLogger, currentContext } from "@charter/telemetry";
import { createTestDatabase, ManualClock, type TestDatabase } from "@charter/testing";
import { type CallOptions, Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { createChannel, onEachWire } from "./testing/on-each-wire.js";
import { PolicyService } from "./testing/policy-contract.js";

/** The longest that the contract allows, so that on the slowest machine it is not the time that ends a call. */
const TIMEOUT_MS = 20_000;
/** How Postgres says that it was asked to end a statement, rather than ended it for its time. */
const CANCELLED = "canceling statement due to user request";

const log = createLogger({ service: "chain", level: "silent" });

async function serve(handlers: Partial<Handlers<typeof PolicyService>>, clock: ManualClock) {
  const server = createServer({
    name: "chain",
    implementations: [implement(PolicyService, handlers)],
    verifier: { verify: async () => anonymous },
    log,
    clock,
  });
  const { url } = await server.listen({ host: "127.0.0.1", port: 0 });
  // It waits for callers to hang up, for a time of its clock.
  const stop = () => Promise.all([server.drain({ graceMs: 0 }), clock.advance(1_000)]);
  return { url, stop };
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(1);
}

onEachWire(() => {
  /**
   * No clock moves but where a test moves it: what reaches the last hop has waited on the way for no timer, only for the network. That is
   * what keeps it within 100 ms on a machine that has time.
   */
  describe("a call through two services to a query", () => {
    const frontClock = new ManualClock();
    const stops: (() => Promise<unknown>)[] = [];
    let test: TestDatabase;
    let outside: Database<unknown>;
    let frontUrl = "";
    /** How the query of the last hop ended. */
    let queryEnd = Promise.withResolvers<unknown>();

    beforeEach(() => {
      queryEnd = Promise.withResolvers();
    });

    beforeAll(async () => {
      test = await createTestDatabase();
      outside = openDatabase({ url: test.url, applicationName: "outside" });
      const backClock = new ManualClock();
      const db = openDatabase({
        url: test.url,
        applicationName: "last hop",
        // Not its deadline, which Postgres itself would keep.
        boundsOf: () => ({ signal: currentContext()?.signal }),
        clock: backClock,
      });
      const back = await serve(
        {
          act: async (request) => {
            const query = sql`SELECT pg_sleep(${60})`.execute(db);
            query.then(queryEnd.resolve, queryEnd.resolve);
            await query;
            return request;
          },
        },
        backClock,
      );
      const channel = createChannel({
        targets: { "test.policy.v1": { url: back.url, audience: "back" } },
        clock: backClock,
        log,
      });
      const front = await serve({ act: (request) => channel.client(PolicyService).act(request) }, frontClock);
      frontUrl = front.url;
      stops.push(
        front.stop,
        async () => channel.close(),
        back.stop,
        () => db.close(),
        () => outside.close(),
      );
    });
    afterAll(async () => {
      for (const stop of stops) await stop();
      await test.drop();
    });

    const running = async () => {
      const { rows } = await sql`SELECT 1 FROM pg_stat_activity
      WHERE application_name = 'last hop' AND state = 'active' AND query LIKE '%pg_sleep%'`.execute(outside);
      return rows.length;
    };
    const call = (options: CallOptions) =>
      createClient(PolicyService, createGrpcTransport({ baseUrl: frontUrl }))
        .act({ value: "x" }, { timeoutMs: TIMEOUT_MS, ...options })
        .then(
          () => undefined,
          (error: unknown) => ConnectError.from(error).code,
        );

    it("ends in the last service's query as soon as the caller has gone", async () => {
      const caller = new AbortController();
      const answer = call({ signal: caller.signal });
      await until(async () => (await running()) === 1);
      caller.abort();
      expect(await queryEnd.promise).toMatchObject({ name: "AbortError", cause: { message: CANCELLED } });
      // PostgreSQL has said that it is over, and shows so a moment later.
      await until(async () => (await running()) === 0);
      expect(await answer).toBe(Code.Canceled);
    });

    it("ends there as soon as the deadline has passed in the first service, too", async () => {
      const answer = call({});
      await until(async () => (await running()) === 1);
      await frontClock.advance(TIMEOUT_MS);
      expect(await queryEnd.promise).toMatchObject({ name: "AbortError", cause: { message: CANCELLED } });
      // PostgreSQL has said that it is over, and shows so a moment later.
      await until(async () => (await running()) === 0);
      expect(await answer).toBe(Code.DeadlineExceeded);
    });
  });
});
