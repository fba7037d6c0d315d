import { type Database, openDatabase } from "@charter/postgres";
import { createServer, type Handlers, implement, type Server } from "@charter/server";
import { createLogger, type Tracer, tracerFromEnvironment, traceStatement } from "@charter/telemetry";
import {
  createTestDatabase,
  type OtlpReceiver,
  type ReceivedSpan,
  startOtlpReceiver,
  type TestDatabase,
} from "@charter/testing";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import type { Channel } from "../channel.js";
import { EchoService } from "../testing/echo-contract.js";
import { createChannel, onEachWire } from "../testing/on-each-wire.js";
import { valuesOf } from "../testing/outcomes.js";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const browserSpan = "00f067aa0ba902b7";
const recorded = { traceparent: `00-${traceId}-${browserSpan}-01`, tracestate: "browser=chrome" };

let database: TestDatabase;
let db: Database<unknown>;
let collector: OtlpReceiver;
let tracers: Tracer[];
let servers: Server[];
let channels: Channel[];

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase({ url: database.url, applicationName: "traced", onStatement: traceStatement });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});
beforeEach(async () => {
  [tracers, servers, channels] = [[], [], []];
  collector = await startOtlpReceiver();
});
afterEach(async () => {
  await end();
  await collector.stop();
});

/** A service of its own, as in a process of its own: its server, tracer and channel share nothing with another's. */
async function serve(service: string, handlers: Partial<Handlers<typeof EchoService>>): Promise<string> {
  const log = createLogger({ service, level: "silent" });
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, CHARTER_TRACE_RATIO: "0" };
  const tracer = await tracerFromEnvironment(environment, { service, log });
  const verifier = { verify: async () => ({ kind: "anonymous" }) as const };
  const server = createServer({
    name: service,
    implementations: [implement(EchoService, handlers)],
    verifier,
    log,
    ...(tracer && { tracer }),
  });
  servers.push(server);
  if (tracer) tracers.push(tracer);
  return (await server.listen({ host: "127.0.0.1", port: 0 })).url;
}

function clientOf(url: string) {
  const channel = createChannel({ targets: { "test.echo.v1": { url, audience: "discount" } } });
  channels.push(channel);
  return channel.client(EchoService);
}

/** What a browser does: JSON over HTTP/1.1, with its own trace context. */
async function browse(url: string, header: Record<string, string>): Promise<number> {
  const headers = { "content-type": "application/json", ...header };
  const answer = await fetch(`${url}/test.echo.v1.EchoService/Say`, {
    method: "POST",
    headers,
    body: '"hi"',
  });
  await answer.body?.cancel();
  return answer.status;
}

/** Ends everything, so that all spans are with the collector. */
async function end(): Promise<readonly ReceivedSpan[]> {
  for (const channel of channels) channel.close();
  await Promise.all(servers.map((server) => server.drain({ graceMs: 0 })));
  await Promise.all(tracers.map((tracer) => tracer.shutdown()));
  return collector.spans;
}

/** buy asks discount, which asks the database. */
async function startShop(): Promise<string> {
  const discount = await serve("discount", {
    say: async ({ value }) => {
      await sql`SELECT ${value}::text`.execute(db);
      return { value };
    },
  });
  const client = clientOf(discount);
  return serve("buy", { say: ({ value }) => client.say({ value }) });
}

onEachWire(() => {
  describe("a trace", () => {
    it("goes from the browser through both services to the database", async () => {
      expect(await browse(await startShop(), recorded)).toBe(200);
      const spans = await end();
      const found = (service: string, kind: number) =>
        spans.find((span) => span.service === service && span.kind === kind);
      const [buy, call] = [found("buy", 2), found("buy", 3)];
      const [discount, statement] = [found("discount", 2), found("discount", 3)];
      expect(spans).toHaveLength(4);
      expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
      expect(spans.map(({ traceState }) => traceState)).toEqual(spans.map(() => "browser=chrome"));
      expect(buy).toMatchObject({ name: "test.echo.v1.EchoService/Say", parentSpanId: browserSpan });
      expect(call).toMatchObject({
        name: "test.echo.v1.EchoService/Say",
        parentSpanId: buy?.spanId,
        attributes: { "charter.attempt": 1, "rpc.response.status_code": "OK" },
      });
      expect(discount).toMatchObject({ parentSpanId: call?.spanId });
      expect(statement).toMatchObject({
        name: "SELECT",
        parentSpanId: discount?.spanId,
        attributes: { "db.system.name": "postgresql", "db.query.text": "SELECT $1::text" },
      });
    });

    it("is not recorded anywhere when the browser does not record it", async () => {
      const url = await startShop();
      const notRecorded = recorded.traceparent.replace(/1$/, "0");
      expect(await browse(url, { traceparent: notRecorded })).toBe(200);
      expect(await browse(url, {})).toBe(200);
      expect(await end()).toEqual([]);
    });

    it("tells what failed, and where it did not", async () => {
      const discount = await serve("discount", {
        say: () => Promise.reject(new ConnectError("sold out", Code.NotFound)),
      });
      const client = clientOf(discount);
      const buy = await serve("buy", {
        say: ({ value }) => client.say({ value }).catch(() => ({ value: "without" })),
      });
      expect(await browse(buy, recorded)).toBe(200);
      const outcomes = (await end()).map(({ service, kind, status, attributes }) => [
        service,
        kind,
        status,
        attributes["rpc.response.status_code"],
      ]);
      // To a callee NOT_FOUND is an answer, to its caller a failure.
      expect(outcomes.toSorted()).toEqual([
        ["buy", 2, 0, "OK"],
        ["buy", 3, 2, "NOT_FOUND"],
        ["discount", 2, 0, "NOT_FOUND"],
      ]);
    });

    it("holds a stream as one call that ends with its last message", async () => {
      const discount = await serve("discount", {
        async *count() {
          for (const value of ["1", "2"]) yield { value };
        },
      });
      const client = clientOf(discount);
      const buy = await serve("buy", {
        say: async () => ({ value: (await valuesOf(client.count({}))).join() }),
      });
      await browse(buy, recorded);
      expect((await end()).map(({ service, kind, name }) => `${service} ${kind} ${name}`).toSorted()).toEqual(
        [
          "buy 2 test.echo.v1.EchoService/Say",
          "buy 3 test.echo.v1.EchoService/Count",
          "discount 2 test.echo.v1.EchoService/Count",
        ],
      );
    });
  });

  describe("the metrics of a channel", () => {
    it("count calls by their end, and streams when they end", async () => {
      const discount = await serve("discount", {
        say: ({ value }) =>
          value === ""
            ? Promise.reject(new ConnectError("empty", Code.NotFound))
            : Promise.resolve({ value }),
        async *count() {
          yield { value: "1" };
        },
      });
      const client = clientOf(discount);
      await client.say({ value: "a" });
      await client.say({}).catch(() => undefined);
      await valuesOf(client.count({}));
      const samples = channels[0]?.samples() ?? [];
      const counted = samples.flatMap((it) =>
        it.name === "rpc_client_requests_total" && it.kind === "counter" && it.value > 0
          ? [`${it.labels?.method} ${it.labels?.code} ${it.value}`]
          : [],
      );
      expect(counted.toSorted()).toEqual(["Count ok 1", "Say not_found 1", "Say ok 1"]);
      const inFlight = samples.filter(({ name }) => name === "rpc_client_in_flight");
      expect(inFlight.map((it) => "value" in it && it.value)).toEqual([0, 0]);
      expect(samples.map(({ name }) => name)).toContain("rpc_client_endpoint_ready");
    });
  });
});
