import { readFile } from "node:fs/promises";
import { Health, HealthCheckResponse_ServingStatus } from "@charter/contract/grpc/health/v1/health_pb.js";
import { Code, ConnectError, createClient, type ServiceImpl } from "@connectrpc/connect";
import { compressionGzip } from "@connectrpc/connect-node";
import { afterEach, describe, expect, it } from "@jest/globals";
import { EchoService } from "../testing/echo-contract.js";
import { type EchoServer, startEchoServer } from "../testing/echo-server.js";
import { failureOf, valuesOf } from "../testing/outcomes.js";
import { startInstance } from "../testing/played-instances.js";
import { isServing } from "../testing/wire-transport-example.js";
import { createWireTransport, type WireTransportOptions } from "./wire-transport.js";

const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function serve(handlers: Partial<ServiceImpl<typeof EchoService>> = {}, port = 0): Promise<EchoServer> {
  const server = await startEchoServer(handlers, port);
  stops.push(() => server.stop());
  return server;
}

function clientOf(baseUrl: string, options: Partial<WireTransportOptions> = {}) {
  const transport = createWireTransport({ baseUrl, ...options });
  stops.push(() => transport.close());
  return { transport, client: createClient(EchoService, transport) };
}

async function* letters() {
  yield* [{ value: "a" }, { value: "b" }];
}

describe.each(["grpc", "connect", "grpc-web"] as const)("a wire transport over %s", (protocol) => {
  it.each([
    ["as it is", {}],
    ["compressed", { sendCompression: compressionGzip, compressMinBytes: 0 }],
    ["as JSON", { useBinaryFormat: false }],
  ] as const)("calls methods of every kind, what it sends being %s", async (_how, options) => {
    const server = await serve();
    const { client } = clientOf(server.url, { protocol, ...options });
    const long = "x".repeat(100_000);
    expect((await client.say({ value: long })).value).toBe(long);
    expect(await valuesOf(client.count({ value: "3" }))).toEqual(["1", "2", "3"]);
    expect((await client.collect(letters())).value).toBe("a,b");
    expect(await valuesOf(client.chat(letters()))).toEqual(["A", "B"]);
    expect(server.connections()).toBe(1);
  });

  it("passes headers, trailers, errors, deadlines and cancellation on", async () => {
    const server = await serve({
      async say({ value }, { requestHeader, responseHeader, responseTrailer, timeoutMs }) {
        if (value === "fail") throw new ConnectError("no such thing", Code.NotFound);
        if (value === "hang") await new Promise(() => {});
        responseHeader.set("x-seen", requestHeader.get("x-given") ?? "");
        responseTrailer.set("x-last", timeoutMs() === undefined ? "no deadline" : "a deadline");
        return { value };
      },
    });
    const { client } = clientOf(server.url, { protocol });
    const seen: (string | null)[] = [];
    await client.say(
      {},
      {
        headers: { "X-Given": "given", "User-Agent": "a test" },
        timeoutMs: 60_000,
        onHeader: (header) => seen.push(header.get("x-seen")),
        onTrailer: (trailer) => seen.push(trailer.get("x-last")),
      },
    );
    expect(seen).toEqual(["given", "a deadline"]);
    expect((await client.say({ value: "as usual" })).value).toBe("as usual");
    expect((await failureOf(client.say({ value: "fail" }))).code).toBe(Code.NotFound);
    const late = await failureOf(client.say({ value: "hang" }, { timeoutMs: 30 }));
    expect(late.code).toBe(Code.DeadlineExceeded);
    const cancelled = failureOf(client.say({ value: "hang" }, { signal: AbortSignal.timeout(30) }));
    expect((await cancelled).code).toBe(Code.Canceled);
  });

  it("holds messages to its limits", async () => {
    const server = await serve({ say: async () => ({ value: "x".repeat(2_000) }) });
    const { client } = clientOf(server.url, { protocol, readMaxBytes: 1_000, writeMaxBytes: 1_000 });
    expect((await failureOf(client.say({}))).code).toBe(Code.ResourceExhausted);
    expect((await failureOf(client.say({ value: "x".repeat(2_000) }))).code).toBe(Code.ResourceExhausted);
  });
});

describe("the connection of a wire transport", () => {
  it("is made again when it was lost, and said to be missing where there is none", async () => {
    const server = await startEchoServer();
    const { client } = clientOf(server.url);
    await client.say({});
    await server.stop();
    const error = await failureOf(client.say({}));
    expect(error.code).toBe(Code.Unavailable);
    const port = String(server.port);
    expect(await failureOf(client.say({}))).toMatchObject({
      rawMessage: `no connection to 127.0.0.1:${port}`,
      cause: { code: "ECONNREFUSED" },
    });
    await serve({}, server.port);
    expect((await client.say({ value: "back" })).value).toBe("back");
  });

  it("is waited for no longer than the call is wanted", async () => {
    const { client } = clientOf("http://127.0.0.1:1");
    const controller = new AbortController();
    controller.abort();
    expect((await failureOf(client.say({}, { signal: controller.signal }))).code).toBe(Code.Canceled);
  });

  it("ends with all calls when the transport is closed, and no other is made", async () => {
    const reached = Promise.withResolvers<void>();
    const server = await serve({
      say() {
        reached.resolve();
        return new Promise(() => {});
      },
    });
    const { client, transport } = clientOf(server.url);
    const hangs = failureOf(client.say({}));
    await reached.promise;
    await transport.close();
    expect((await hangs).code).toBe(Code.Aborted);
    expect((await failureOf(client.say({}))).code).toBe(Code.Canceled);
    expect(server.connections()).toBe(1);
  });

  it("sees the messages through the interceptors", async () => {
    const server = await serve();
    const seen: string[] = [];
    const { client } = clientOf(server.url, {
      interceptors: [
        (next) => (request) => {
          seen.push(request.method.name);
          return next(request);
        },
      ],
    });
    await client.say({});
    expect(seen).toEqual(["Say"]);
  });
});

describe("the example in the README", () => {
  const textOf = (path: string) => readFile(new URL(path, import.meta.url), "utf8");

  it("does what it says", async () => {
    const instance = await startInstance({
      routes: (router) =>
        void router.service(Health, {
          check: async () => ({ status: HealthCheckResponse_ServingStatus.SERVING }),
        }),
    });
    stops.push(() => instance.stop());
    expect(await isServing(instance.url)).toBe(true);
  });

  it("is the code that was just run", async () => {
    const code = await textOf("../testing/wire-transport-example.ts");
    expect(await textOf("../../README.md")).toContain(`\`\`\`ts\n${code}\`\`\``);
  });
});
