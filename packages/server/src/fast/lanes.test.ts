import { create, type DescMessage, type MessageInitShape, toBinary, toJsonString } from "@bufbuild/protobuf";
import {
  ClearShelvesRequestSchema,
  EchoRequestSchema,
  PutItemRequestSchema,
  ShelfService,
  UnbuiltRequestSchema,
  WhoAmIRequestSchema,
} from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { createLogger } from "@charter/telemetry";
import { ManualClock } from "@charter/testing";
import { systemClock } from "@charter/time";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { Admission } from "../admission/admission.js";
import { RefusalLog } from "../admission/refusal-log.js";
import { createEndpoints } from "../endpoints.js";
import { invalidArgument, type ServerOptions } from "../index.js";
import { Lifecycle } from "../lifecycle.js";
import { envelope } from "../protocols/envelope.js";
import { createStack } from "../stack.js";
import { engines, type Observed, observed } from "../testing/observed.js";
import { plainVerifier } from "../testing/plain-verifier.js";
import { type RawExchangeAnswer, type RawExchangeRequest, rawExchanger } from "../testing/raw-exchange.js";
import { rawHttp1Exchanger } from "../testing/raw-http1-exchange.js";
import { shelfImplementation } from "../testing/shelf-implementation.js";
import { type StartedShelf, startShelf } from "../testing/start-shelf.js";
import { fastProtocol } from "./fast-protocol.js";

const handlers: Parameters<typeof shelfImplementation>[0] = {
  async echo({ text, quantity }, { responseHeader, requestHeader }) {
    switch (text) {
      case "declared":
        throw invalidArgument("text", "is not liked");
      case "plain":
        throw new ConnectError("gone", Code.NotFound);
      case "unexpected":
        throw new Error("password of the database");
      case "header":
        responseHeader.set("x-colour", requestHeader.get("X-Colour") ?? "none");
        return { text, quantity };
      case "long":
        return { text: "long ".repeat(1_000) };
      case "too long":
        return { text: "a".repeat(200_000) };
      default:
        return { text, quantity };
    }
  },
};

let clock: ManualClock;
const shelves: StartedShelf[] = [];
beforeEach(() => {
  clock = new ManualClock();
});
afterEach(async () => {
  const stopped = Promise.all(shelves.splice(0).map((it) => it.stop()));
  await clock.advance(10_000);
  await stopped;
});

async function observe(
  options: Partial<ServerOptions>,
  requests: readonly RawExchangeRequest[],
  exchangerOf = rawExchanger,
): Promise<Observed> {
  const shelf = await startShelf({ clock, implementations: [shelfImplementation(handlers)], ...options });
  shelves.push(shelf);
  const exchanger = exchangerOf(shelf.url);
  const answers: RawExchangeAnswer[] = [];
  for (const request of requests) answers.push(await exchanger.send(request));
  exchanger.close();
  return observed(shelf, answers);
}

const pathOf = (method: string) => `/${ShelfService.typeName}/${method}`;
const ID = { "x-request-id": "request-1" };

type Form = (desc: DescMessage, init: object) => { body: Uint8Array; type: string };
const binary = (desc: DescMessage, init: object) =>
  toBinary(desc, create(desc, init as MessageInitShape<DescMessage>));
const forms: Readonly<Record<string, Form>> = {
  gRPC: (desc, init) => ({ body: envelope(0, binary(desc, init)), type: "application/grpc" }),
  "gRPC-Web": (desc, init) => ({ body: envelope(0, binary(desc, init)), type: "application/grpc-web+proto" }),
  "Connect, binary": (desc, init) => ({ body: binary(desc, init), type: "application/proto" }),
  "Connect, JSON": (desc, init) => ({
    body: Buffer.from(toJsonString(desc, create(desc, init as MessageInitShape<DescMessage>))),
    type: "application/json",
  }),
};

interface Row {
  readonly what: string;
  readonly method: string;
  readonly desc: DescMessage;
  readonly init: object;
  readonly header?: Record<string, string>;
  readonly times?: number;
}

const echo = (what: string, init: object, header: Record<string, string> = {}): Row => ({
  what,
  method: "Echo",
  desc: EchoRequestSchema,
  init,
  header,
});
const asUser = (grants: string) => ({ authorization: `Bearer ${grants}` });
const put = { shelf: { ownerId: "alice" }, items: [{ sku: "85123A", quantity: 6 }], idempotencyKey: "k" };
const putRow = (what: string, grants: string, init: object = put, times = 1): Row => ({
  what,
  method: "PutItem",
  desc: PutItemRequestSchema,
  init,
  header: asUser(grants),
  times,
});
const clear = (grants: string): Row => ({
  what: `clearing for ${grants}`,
  method: "ClearShelves",
  desc: ClearShelvesRequestSchema,
  init: {},
  header: asUser(grants),
});
const whoAmI = (what: string, header: Record<string, string>): Row => ({
  what,
  method: "WhoAmI",
  desc: WhoAmIRequestSchema,
  init: {},
  header,
});

const rows: readonly Row[] = [
  echo("a public call", { text: "a", quantity: 2 }),
  echo("an empty message", {}),
  echo("a public call with a token that proves nothing", { text: "a" }, { authorization: "Bearer forged" }),
  echo("an id that does not belong into a log", { text: "a" }, { "x-request-id": "a b" }),
  echo("an id of the greatest length", { text: "a" }, { "x-request-id": "i".repeat(128) }),
  echo(
    "an attempt and a trace",
    { text: "a" },
    {
      "grpc-previous-rpc-attempts": "2",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    },
  ),
  echo("a negative quantity", { quantity: -1 }),
  echo("a NUL character", { text: "a\0b" }),
  echo("a message beyond its cap", { text: "a".repeat(70_000) }),
  echo("a message in many frames", { text: "a".repeat(60_000) }),
  echo("an answer beyond its cap", { text: "too long" }),
  echo("a long answer", { text: "long" }),
  echo(
    "a long answer that may be compressed",
    { text: "long" },
    {
      "grpc-accept-encoding": "gzip",
      "accept-encoding": "gzip",
    },
  ),
  echo(
    "a short answer that may be compressed",
    { text: "a" },
    {
      "grpc-accept-encoding": "br",
      "accept-encoding": "br",
    },
  ),
  echo("a header of the handler's", { text: "header" }, { "x-colour": "red" }),
  echo("a declared error", { text: "declared" }),
  echo("a plain error", { text: "plain" }),
  echo("an unexpected error", { text: "unexpected" }),
  echo(
    "an encoding that nobody knows",
    { text: "a" },
    { "grpc-encoding": "lzma", "content-encoding": "lzma" },
  ),
  echo("identity by name", { text: "a" }, { "grpc-encoding": "identity", "content-encoding": "identity" }),
  echo("a timeout", { text: "a" }, { "grpc-timeout": "100m", "connect-timeout-ms": "100" }),
  echo("a malformed timeout", { text: "a" }, { "grpc-timeout": "soon", "connect-timeout-ms": "soon" }),
  echo("a criticality", { text: "a" }, { "charter-criticality": "sheddable" }),
  whoAmI("a user", asUser("user alice")),
  whoAmI("a service", asUser("service keeper")),
  whoAmI("nobody", {}),
  whoAmI("a forged token", { authorization: "Bearer forged" }),
  putRow("an owner", "user alice"),
  putRow("somebody else's object", "user mallory"),
  putRow("an operator", "user bob operator"),
  putRow("missing fields", "user alice", { items: [{ sku: "" }] }),
  putRow("more calls than the rate allows", "user alice", put, 12),
  clear("user alice reader"),
  clear("user alice shelf.write"),
  clear("service keeper"),
  clear("service thief"),
  { what: "a method that is not built", method: "Unbuilt", desc: UnbuiltRequestSchema, init: {} },
];

async function expectNoDifference(requests: readonly RawExchangeRequest[]): Promise<Observed> {
  const [node, general, fast] = await Promise.all(engines.map((it) => observe(it, requests)));
  expect(fast).toEqual(general);
  expect(general).toEqual(node);
  return fast as Observed;
}

describe.each(Object.entries(forms))(
  "over %s both lanes and both engines answer, log and count the same",
  (_, form) => {
    it.each(rows)("$what", async ({ method, desc, init, header, times = 1 }) => {
      const { body, type } = form(desc, init);
      const request = {
        path: pathOf(method),
        header: { "content-type": type, ...ID, ...header },
        pieces: [body],
      };
      const { answers, lines } = await expectNoDifference(Array.from({ length: times }, () => request));
      expect(answers).toHaveLength(times);
      expect(lines.length).toBeGreaterThanOrEqual(times);
    });
  },
);

describe.each(["Connect, binary", "Connect, JSON"])("over HTTP/1.1, %s, both lanes do the same", (name) => {
  const post = async (request: RawExchangeRequest, times = 1) => {
    const requests = Array.from({ length: times }, () => request);
    const [general, fast] = await Promise.all(
      [{ fastLane: false }, {}].map((it) => observe(it, requests, rawHttp1Exchanger)),
    );
    expect(fast).toEqual(general);
    return fast as Observed;
  };

  it.each(rows)("$what", async ({ method, desc, init, header, times = 1 }) => {
    const { body, type } = (forms[name] as Form)(desc, init);
    const request = {
      path: pathOf(method),
      header: { "content-type": type, ...ID, ...header },
      pieces: [body],
    };
    expect((await post(request, times)).answers).toHaveLength(times);
  });

  it.each<[string, Record<string, string>]>([
    ["a body of no declared length", { "transfer-encoding": "chunked" }],
    ["a type with a parameter", { "content-type": "application/json; charset=utf-8" }],
    ["a host that is none", { host: "[" }],
    ["a connection that shall close", { connection: "close" }],
    ["a value beyond ASCII", { "x-colour": "gr\u00fcn" }],
  ])("%s", async (_, more) => {
    const { body, type } = (forms[name] as Form)(EchoRequestSchema, { text: "header" });
    const header = { "content-type": type, ...ID, ...more };
    await post({ path: pathOf("Echo"), header, pieces: [body.subarray(0, 3), body.subarray(3)] });
  });
});

const message = envelope(0, binary(EchoRequestSchema, { text: "in pieces" }));
const grpcBodies: Readonly<Record<string, readonly Uint8Array[]>> = {
  nothing: [],
  "an empty body": [new Uint8Array(0)],
  "two messages": [message, message],
  "two messages in one piece": [Buffer.concat([message, message])],
  "a message that breaks off": [message.subarray(0, 8)],
  "half an envelope": [message.subarray(0, 3)],
  "a message byte by byte": Array.from(message, (byte) => Uint8Array.of(byte)),
  "a compressed message without a compression": [Buffer.concat([Uint8Array.of(1), message.subarray(1)])],
  "a length beyond the cap": [Uint8Array.of(0, 0x7f, 0xff, 0xff, 0xff)],
  "bytes that are no message": [envelope(0, Uint8Array.of(0xff, 0xff, 0xff))],
  "an unknown field": [envelope(0, Uint8Array.of(0xf8, 0x01, 0x01))],
};

describe("the fast lane", () => {
  it("has room for every unary method that is built", () => {
    const options = {
      clock: systemClock,
      refusals: new RefusalLog(createLogger({ service: "test" }), systemClock),
      verifier: plainVerifier,
      lifecycle: new Lifecycle(),
      tracer: undefined,
    };
    const admission = new Admission(systemClock);
    const stack = createStack({ ...options, admission, idempotency: undefined, chassisDetails: true });
    const endpoints = createEndpoints([shelfImplementation()], []);
    for (const endpoint of endpoints.values()) expect(stack.steps(endpoint)).toBeDefined();
  });

  it("is where plain unary calls go, and only these", () => {
    const header = (type: string) => new Headers({ "content-type": type });
    const types = ["application/grpc", "application/grpc-web+proto", "application/proto", "application/json"];
    for (const type of types) expect(fastProtocol(header(type))).toBeDefined();
    for (const type of ["application/grpc+json", "application/connect+proto", "text/html"])
      expect(fastProtocol(header(type))).toBeUndefined();
  });
});

describe("bodies of gRPC", () => {
  it.each(Object.entries(grpcBodies))("with %s", async (_, pieces) => {
    const header = { "content-type": "application/grpc+proto", ...ID };
    await expectNoDifference([{ path: pathOf("Echo"), header, pieces }]);
  });

  it.each([
    ["application/grpc+json", 200],
    ["application/grpc+proto; charset=utf-8", 415],
    ["text/plain", 415],
  ])("of the type %s", async (type, status) => {
    const header = { "content-type": type, ...ID };
    const { answers } = await expectNoDifference([{ path: pathOf("Echo"), header, pieces: [message] }]);
    expect(answers[0]?.header[":status"]).toBe(status);
  });
});
