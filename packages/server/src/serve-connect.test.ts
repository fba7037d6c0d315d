import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { Health } from "@charter/contract/grpc/health/v1/health_pb.js";
import { createLogger } from "@charter/telemetry";
import { createAuthority, type SourceProcess, spawnText } from "@charter/testing";
import { Code, ConnectError, createClient, type ServiceImpl } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { afterEach, describe, expect, it } from "@jest/globals";
import { type ConnectServer, type ServeConnectOptions, serveConnect } from "./index.js";
import { collect } from "./testing/collect.js";
import { wires } from "./testing/wires.js";

const authority = createAuthority();
const log = createLogger({ service: "router", level: "silent" });
const modes = wires.flatMap((wire) => [
  { wire, name: "in clear text", tls: undefined },
  { wire, name: "over TLS", tls: authority.issue(["127.0.0.1"]) },
]);
const transports = {
  "Connect, HTTP/1.1": (baseUrl: string, nodeOptions: object) =>
    createConnectTransport({ baseUrl, httpVersion: "1.1", nodeOptions }),
  "Connect, HTTP/2": (baseUrl: string, nodeOptions: object) =>
    createConnectTransport({ baseUrl, httpVersion: "2", nodeOptions }),
  gRPC: (baseUrl: string, nodeOptions: object) => createGrpcTransport({ baseUrl, nodeOptions }),
  "gRPC-Web, HTTP/1.1": (baseUrl: string, nodeOptions: object) =>
    createGrpcWebTransport({ baseUrl, httpVersion: "1.1", nodeOptions }),
};

describe.each(modes)("serveConnect on the wire $wire $name", ({ wire, tls }) => {
  let server: ConnectServer;
  let url: string;
  afterEach(() => server.drain({ graceMs: 0 }));

  async function serve(methods: Partial<ServiceImpl<typeof ShelfService>>) {
    const options: ServeConnectOptions = { log, wire, ...(tls && { tls }) };
    server = serveConnect((router) => router.service(ShelfService, methods), options);
    ({ url } = await server.listen({ host: "127.0.0.1", port: 0 }));
  }

  const nodeOptions = tls ? { ca: authority.cert } : {};
  const client = (name: keyof typeof transports) =>
    createClient(ShelfService, transports[name](url, nodeOptions));
  const names = Object.keys(transports) as (keyof typeof transports)[];

  it.each(names)("answers, streams and fails over %s", async (name) => {
    await serve({
      echo: ({ text }, { url: asked }) => ({ text: `${text} ${asked}` }),
      async *listItems({ count }) {
        for (let index = 0; index < count; index += 1) yield { index };
      },
      putItem: () => {
        throw new ConnectError("no such shelf", Code.NotFound);
      },
    });
    const shelf = client(name);
    const asked = `${url}/charter.testing.v1.ShelfService/Echo`;
    expect(await shelf.echo({ text: "hello" })).toMatchObject({ text: `hello ${asked}` });
    const items = await collect(shelf.listItems({ count: 3 }));
    expect(items.map(({ index }) => index)).toEqual([0, 1, 2]);
    await expect(shelf.putItem({})).rejects.toMatchObject({
      code: Code.NotFound,
      rawMessage: "no such shelf",
    });
    await expect(shelf.unbuilt({})).rejects.toMatchObject({ code: Code.Unimplemented });
  });

  it("carries streams both ways, and answers 404 where there is no method", async () => {
    await serve({
      async *converse(requests) {
        for await (const { text } of requests) yield { text: `${text}?` };
      },
    });
    async function* remarks() {
      yield { text: "a" };
      yield { text: "b" };
    }
    const answers = await collect(client("gRPC").converse(remarks()));
    expect(answers.map(({ text }) => text)).toEqual(["a?", "b?"]);
    const unknown = createClient(Health, transports["Connect, HTTP/1.1"](url, nodeOptions));
    await expect(unknown.check({})).rejects.toMatchObject({ code: Code.Unimplemented });
  });

  it("reads messages up to a bound", async () => {
    await serve({ echo: ({ text }) => ({ quantity: text.length }) });
    const ofMiB = (count: number) => client("gRPC").echo({ text: "a".repeat(count * 1_048_576) });
    expect(await ofMiB(3)).toMatchObject({ quantity: 3 * 1_048_576 });
    await expect(ofMiB(5)).rejects.toMatchObject({ code: Code.ResourceExhausted });
  });

  it("tells a handler whose caller went away, and lets others finish when it drains", async () => {
    const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
    const aborted = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<{ text: string }>();
    await serve({
      whoAmI: (_, { signal }) => {
        signal.addEventListener("abort", () => aborted.resolve());
        begun[0].resolve();
        return new Promise(() => {});
      },
      echo: () => {
        begun[1].resolve();
        return finish.promise;
      },
    });
    const session = connectHttp2(url, nodeOptions);
    const path = "/charter.testing.v1.ShelfService/WhoAmI";
    const stream = session.request({ ":method": "POST", ":path": path, "content-type": "application/json" });
    stream.end("{}");
    await begun[0].promise;
    session.destroy();
    await once(session, "close");
    await aborted.promise;
    const answer = client("gRPC").echo({});
    await begun[1].promise;
    const drained = server.drain({ graceMs: 10_000 });
    finish.resolve({ text: "done" });
    expect(await answer).toMatchObject({ text: "done" });
    await drained;
  });
});

describe("the example of the README", () => {
  let example: SourceProcess | undefined;
  afterEach(() => example?.kill());

  it("runs as it stands, and ends when it is told to", async () => {
    const folder = new URL("../", import.meta.url);
    const [, program = ""] =
      /```js\n(.*?)```/s.exec(readFileSync(new URL("README.md", folder), "utf8")) ?? [];
    example = spawnText(program, folder);
    const url = /http:\S+/.exec(await example.line(/^curl /))?.[0] ?? "";
    const headers = { "content-type": "application/json" };
    const answer = await fetch(url, { method: "POST", headers, body: "{}" });
    expect(await answer.json()).toEqual({ status: "SERVING" });
    const grpc = createClient(Health, createGrpcTransport({ baseUrl: new URL(url).origin }));
    expect(await grpc.check({})).toMatchObject({ status: 1 });
    await example.kill("SIGTERM");
  });
});
