import { setTimeout as pause } from "node:timers/promises";
import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { anonymous } from "@charter/identity";
import { type Database, openDatabase } from "@charter/postgres";
import { createServer, type Handlers, implement } from "@charter/server";
import { createLogger, currentContext } from "@charter/telemetry";
import { createTestDatabase, type TestDatabase } from "@charter/testing";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { createChannel, onEachWire } from "./testing/on-each-wire.js";

/**
 * The query would sleep for far longer, so this bound proves that the last hop has heard that nobody waits any more. An idle machine
 * takes less than 100 ms; a busy one is not what is tested, so the time is printed and not asserted.
 */
const HEARD_MS = 5_000;

const log = createLogger({ service: "chain", level: "silent" });

async function serve(handlers: Partial<Handlers<typeof ShelfService>>) {
  const server = createServer({
    name: "chain",
    implementations: [implement(ShelfService, handlers)],
    verifier: { verify: async () => anonymous },
    log,
  });
  const { url } = await server.listen({ host: "127.0.0.1", port: 0 });
  return { url, stop: () => server.drain({ graceMs: 0 }) };
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(1);
}

onEachWire(() => {
  describe("a call through two services to a query", () => {
    const stops: (() => Promise<unknown>)[] = [];
    let test: TestDatabase;
    let outside: Database<unknown>;
    let frontUrl = "";

    beforeAll(async () => {
      test = await createTestDatabase();
      const db = openDatabase({ url: test.url, applicationName: "last hop", boundsOf: currentContext });
      outside = openDatabase({ url: test.url, applicationName: "outside" });
      const back = await serve({
        echo: async ({ text }) => {
          await sql`SELECT pg_sleep(${30})`.execute(db);
          return { text };
        },
      });
      const channel = createChannel({
        targets: { "charter.testing.v1": { url: back.url, audience: "back" } },
        log,
      });
      const front = await serve({ echo: (request) => channel.client(ShelfService).echo(request) });
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
    const call = (options: { signal?: AbortSignal; timeoutMs?: number }) =>
      createClient(ShelfService, createGrpcTransport({ baseUrl: frontUrl }))
        .echo({}, options)
        .then(
          () => undefined,
          (error: unknown) => ConnectError.from(error).code,
        );

    it("ends in the last service's query soon after the caller has gone", async () => {
      const caller = new AbortController();
      const answer = call({ signal: caller.signal });
      await until(async () => (await running()) === 1);
      const goneMs = performance.now();
      caller.abort();
      await until(async () => (await running()) === 0);
      const heardMs = performance.now() - goneMs;
      process.stdout.write(`the last hop's query ended ${heardMs.toFixed(0)} ms after the caller had gone\n`);
      expect(heardMs).toBeLessThan(HEARD_MS);
      expect(await answer).toBe(Code.Canceled);
    });

    it("ends there when the caller's deadline has passed, too", async () => {
      const startedMs = performance.now();
      const answer = call({ timeoutMs: 400 });
      await until(async () => (await running()) === 1);
      await until(async () => (await running()) === 0);
      expect(performance.now() - startedMs).toBeLessThan(400 + HEARD_MS);
      expect(await answer).toBe(Code.DeadlineExceeded);
    });
  });
});
