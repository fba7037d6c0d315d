import { create, type DescMessage, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import {
  ConverseRequestSchema,
  ConverseResponseSchema,
  CountItemsRequestSchema,
  CountItemsResponseSchema,
  EchoRequestSchema,
  EchoResponseSchema,
  ListItemsRequestSchema,
  ListItemsResponseSchema,
  ShelfService,
} from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { BadRequestSchema } from "@charter/contract/google/rpc/error_details_pb.js";
import { StatusSchema } from "@charter/contract/google/rpc/status_pb.js";
import { type Call, createServer, implement, serveConnect } from "@charter/server";
import { createLogger } from "@charter/telemetry";
import { whereAvailable } from "@charter/testing";
import { Code } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect } from "@jest/globals";
import type { ForeignClient } from "./testing/foreign.js";
import { peers } from "./testing/peers.js";
import { createTestKeys } from "./testing/test-keys.js";

const keys = createTestKeys();
afterAll(() => keys.remove());

const log = createLogger({ service: "shelf", level: "silent" });
const pathOf = (name: string) => `/${ShelfService.typeName}/${name}`;
const bytes = <D extends DescMessage>(schema: D, init: MessageInitShape<D>) =>
  toBinary(schema, create(schema, init));
const BINARY = Buffer.from([0, 1, 254, 255]).toString("base64");

/** Echo with metadata: what came in the header goes back in header and trailer. */
async function echo({ text, quantity }: { text: string; quantity: number }, call: Call) {
  if (text === "wait") return new Promise<never>(() => {});
  const { requestHeader, responseHeader, responseTrailer } = call;
  responseHeader.set("x-echo", requestHeader.get("x-echo") ?? "");
  responseHeader.set("x-deadline-ms", String(Math.round(call.deadline.remainingMs())));
  responseTrailer.set("x-trailer", requestHeader.get("x-echo") ?? "");
  responseTrailer.set("x-trailer-bin", requestHeader.get("x-echo-bin") ?? "");
  return { text, quantity };
}

const shelf = implement(ShelfService, {
  echo,
  async *listItems({ count }) {
    for (let index = 0; index < count; index += 1) yield { index };
  },
  countItems: async (requests) => {
    let sum = 0n;
    for await (const { quantity } of requests) sum += BigInt(quantity);
    return { sum };
  },
  async *converse(requests) {
    for await (const { text } of requests) yield { text: `${text}?` };
  },
});

const modes = [
  { wire: "charter", tls: false },
  { wire: "charter", tls: true },
  { wire: "node", tls: false },
  { wire: "node", tls: true },
] as const;

describe.each(modes)("the server on the wire $wire, TLS: $tls", ({ wire, tls }) => {
  const secure = tls ? { tls: { cert: keys.cert, key: keys.key } } : {};
  const server = createServer({
    name: "shelf",
    implementations: [shelf],
    verifier: { verify: async () => ({ kind: "anonymous" }) },
    log,
    wire,
    ...secure,
  });
  const plain = serveConnect((router) => router.service(ShelfService, { echo: ({ text }) => ({ text }) }), {
    log,
    wire,
    ...secure,
  });
  let port: number;
  let plainPort: number;
  beforeAll(async () => {
    ({ port } = await server.listen({ host: "127.0.0.1", port: 0 }));
    ({ port: plainPort } = await plain.listen({ host: "127.0.0.1", port: 0 }));
  });
  afterAll(() => Promise.all([server.drain({ graceMs: 0 }), plain.drain({ graceMs: 0 })]));

  describe.each(peers)("called by $name", (peer) => {
    const it = whereAvailable(peer.available, peer.reason);
    let client: ForeignClient;
    let plainClient: ForeignClient;
    beforeAll(async () => {
      if (!peer.available) return;
      client = await peer.startClient(`127.0.0.1:${port}`, tls ? keys.files : undefined);
      plainClient = await peer.startClient(`127.0.0.1:${plainPort}`, tls ? keys.files : undefined);
    });
    afterAll(() => Promise.all([client?.stop(), plainClient?.stop()]));

    it("answers a unary call, with metadata both ways and the caller's deadline", async () => {
      const request = bytes(EchoRequestSchema, { text: "héllo", quantity: 7 });
      const header = { "x-echo": "a value", "x-echo-bin": BINARY };
      const answer = await client.call({
        path: pathOf("Echo"),
        requests: [request],
        header,
      });
      expect(answer).toMatchObject({ code: 0, header: { "x-echo": "a value" } });
      expect(answer.trailer).toMatchObject({ "x-trailer": "a value", "x-trailer-bin": BINARY });
      expect(answer.responses.map((it) => fromBinary(EchoResponseSchema, it))).toMatchObject([
        { text: "héllo", quantity: 7 },
      ]);
      // The caller's 20 s are clamped to the contract's 5; without them it would be 2.
      expect(Number(answer.header["x-deadline-ms"])).toBeGreaterThan(2_000);
      expect(Number(answer.header["x-deadline-ms"])).toBeLessThanOrEqual(5_000);
    });

    it("fails with details", async () => {
      const request = bytes(EchoRequestSchema, { quantity: -1 });
      const answer = await client.call({ path: pathOf("Echo"), requests: [request] });
      expect(answer).toMatchObject({ code: Code.InvalidArgument, responses: [] });
      const { details } = fromBinary(StatusSchema, answer.status);
      const violations = details.flatMap((it) => anyUnpack(it, BadRequestSchema)?.fieldViolations ?? []);
      expect(violations).toMatchObject([{ field: "quantity" }]);
    });

    it("answers UNIMPLEMENTED where there is nothing", async () => {
      const unbuilt = await client.call({ path: pathOf("Unbuilt"), requests: [new Uint8Array()] });
      const unknown = await client.call({ path: "/no.such.Service/Method", requests: [new Uint8Array()] });
      expect([unbuilt.code, unknown.code]).toEqual([Code.Unimplemented, Code.Unimplemented]);
    });

    it("streams its answers", async () => {
      const requests = [bytes(ListItemsRequestSchema, { count: 90 })];
      const { code, responses } = await client.call({ path: pathOf("ListItems"), requests });
      expect(code).toBe(0);
      const indexes = responses.map((it) => fromBinary(ListItemsResponseSchema, it).index);
      expect(indexes).toEqual(Array.from({ length: 90 }, (_, index) => index));
    });

    it("takes a stream of requests", async () => {
      const requests = [1, 2, 3].map((quantity) => bytes(CountItemsRequestSchema, { quantity }));
      const { code, responses } = await client.call({ path: pathOf("CountItems"), requests });
      expect(code).toBe(0);
      expect(responses.map((it) => fromBinary(CountItemsResponseSchema, it).sum)).toEqual([6n]);
    });

    it("streams both ways", async () => {
      const requests = ["a", "b"].map((text) => bytes(ConverseRequestSchema, { text }));
      const { code, responses } = await client.call({ path: pathOf("Converse"), requests });
      expect(code).toBe(0);
      expect(responses.map((it) => fromBinary(ConverseResponseSchema, it).text)).toEqual(["a?", "b?"]);
    });

    it("ends with the caller's deadline", async () => {
      const requests = [bytes(EchoRequestSchema, { text: "wait" })];
      const { code } = await client.call({ path: pathOf("Echo"), requests, timeoutMs: 100 });
      expect(code).toBe(Code.DeadlineExceeded);
    });

    it("refuses what is larger than the contract allows, and serves 3 MiB each way without one", async () => {
      const text = "a".repeat(3 << 20);
      const requests = [bytes(EchoRequestSchema, { text })];
      const refused = await client.call({ path: pathOf("Echo"), requests });
      expect(refused.code).toBe(Code.ResourceExhausted);
      const { code, responses } = await plainClient.call({ path: pathOf("Echo"), requests });
      expect(code).toBe(0);
      const [response = new Uint8Array()] = responses;
      expect(fromBinary(EchoResponseSchema, response).text === text).toBe(true);
    });
  });
});
