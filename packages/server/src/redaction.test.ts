import { create, fromJson, type JsonObject } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { KeepRequestSchema, SecretService } from "@charter/contract/charter/testing/v1/secret_service_pb.js";
import { createLogger, redactMessage, tracerFromEnvironment } from "@charter/telemetry";
import { type OtlpReceiver, startOtlpReceiver } from "@charter/testing";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type Call, createServer, implement, type Server } from "./index.js";
import { plainVerifier } from "./testing/plain-verifier.js";

/** Stands in every value that must be shown nowhere. */
const CANARY = "canary7b3f";
const NUMBER = "731904825566";
const KEY = Buffer.from(`key-${CANARY}`);
/** A request with a canary in every field that must not be shown, keeping all rules. */
const request = {
  password: `password-${CANARY}`,
  account: NUMBER,
  key: KEY.toString("base64"),
  aliases: [`alias-${CANARY}`],
  answers: { [`question-${CANARY}`]: `answer-${CANARY}` },
  secret: { email: `${CANARY}@example.com`, label: "shown" },
  hidden: { email: `hidden-${CANARY}@example.com`, label: `label-${CANARY}` },
  phone: "+4455773190482",
};
const secrets = [CANARY, NUMBER, request.key, KEY.toString("hex"), "55773190482"];

let lines: string[];
let collector: OtlpReceiver;
let stop: () => Promise<void>;
let server: Server;
let url: string;
let keep: (call: Call, password: string) => Promise<void>;

async function start(wire: "node" | "charter") {
  lines = [];
  keep = async () => {};
  collector = await startOtlpReceiver();
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ service: "vault", level: "trace", destination });
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  const tracer = await tracerFromEnvironment(environment, { service: "vault", log });
  server = createServer({
    name: "vault",
    wire,
    implementations: [implementation()],
    verifier: plainVerifier,
    log,
    ...(tracer && { tracer }),
  });
  ({ url } = await server.listen({ host: "127.0.0.1", port: 0 }));
  stop = async () => {
    await server.drain({ graceMs: 0 });
    await tracer?.shutdown();
  };
}
afterEach(async () => {
  await stop();
  await collector.stop();
});

function implementation() {
  return implement(SecretService, {
    keep: async (message, call) => {
      call.log.info({ request: redactMessage(KeepRequestSchema, message) }, "keeping");
      await keep(call, message.password);
      return { password: message.password };
    },
    keepMany: async (messages, call) => {
      let count = 0;
      for await (const message of messages) {
        await keep(call, message.keep?.password ?? "");
        count += 1;
      }
      return { count };
    },
  });
}

/** Keeps by gRPC; answers all that an error says. */
async function call(message: JsonObject): Promise<string> {
  const client = createClient(SecretService, createGrpcTransport({ baseUrl: url }));
  try {
    await client.keep(fromJson(KeepRequestSchema, message));
    return "ok";
  } catch (thrown) {
    const error = ConnectError.from(thrown);
    // On the wire, where all that was sent can be seen, details are bytes.
    const details = error.details.flatMap((it) =>
      "type" in it ? [Buffer.from(it.value).toString("latin1")] : [],
    );
    expect(details).toHaveLength(error.details.length);
    return [error.message, ...details, ...error.metadata].join();
  }
}

/** Keeps by JSON over HTTP/1.1; answers all that an error says. */
async function post(body: string): Promise<string> {
  const path = `${url}/charter.testing.v1.SecretService/Keep`;
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const text = await answer.text();
  // What a caller is given back on success is its own data.
  return answer.ok ? "ok" : text + [...answer.headers].join();
}

/** Ends the server, so that all spans are out, and looks for canaries in all that it has left behind. */
async function leaks(...answers: readonly string[]): Promise<string[]> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  await stop();
  expect(lines.length).toBeGreaterThan(1);
  expect(collector.spans.length).toBeGreaterThan(0);
  const traces = collector.bodies.map((body) => body.toString("latin1"));
  // Details of errors are base64 in Connect's JSON.
  const opened = answers.flatMap((answer) =>
    [...answer.matchAll(/"value":"([^"]+)"/g)].map(([, value]) =>
      Buffer.from(value ?? "", "base64").toString("latin1"),
    ),
  );
  const places = { log: lines, traces, metrics: [metrics], errors: [...answers, ...opened] };
  return Object.entries(places).flatMap(([place, texts]) =>
    texts
      .filter((text) => secrets.some((secret) => text.toLowerCase().includes(secret.toLowerCase())))
      .map((text) => `${place}: ${text}`),
  );
}

describe.each([
  ["JSON over HTTP/1.1", "node", (message: JsonObject) => post(JSON.stringify(message))],
  ["gRPC on node:http2", "node", call],
  ["gRPC on the wire of the chassis", "charter", call],
] as const)("values of fields with debug_redact, by %s,", (_, wire, send) => {
  beforeEach(() => start(wire));

  it("are nowhere after a call that succeeds", async () => {
    expect(await send(request)).toBe("ok");
    expect(lines.join("")).toContain('"label":"shown"');
    expect(await leaks()).toEqual([]);
  });

  it.each(
    Object.entries({
      "a text": { password: CANARY.repeat(7) },
      "a short text": { password: "c7b3f" },
      "a number": { account: `-${NUMBER}` },
      bytes: { key: Buffer.from(CANARY.repeat(7)).toString("base64") },
      "a list": { aliases: [CANARY, CANARY.repeat(7)] },
      "a map": { answers: { [`q-${CANARY}`]: CANARY.repeat(7) } },
      "a nested field": { secret: { email: CANARY } },
      "a nested field of a secret message": { hidden: { label: CANARY.repeat(7) } },
      "a oneof": { phone: CANARY },
      "a text with a NUL character": { password: `${CANARY}\u0000` },
      "a map with a NUL character": { answers: { [`${CANARY}\u0000`]: "x" } },
    }),
  )("are nowhere after %s broke its rule", async (_, broken) => {
    const answer = await send({ ...request, ...broken });
    expect(answer).toContain("invalid_argument");
    expect(await leaks(answer)).toEqual([]);
  });

  it.each<[string, (password: string) => unknown]>([
    ["an error", (password) => new Error(`no room for ${password}`)],
    ["an error in another case", (password) => new Error(`no room for ${password.toUpperCase()}`)],
    ["an error with causes", (password) => new Error("x", { cause: new TypeError(`bad ${password}`) })],
    ["an error of a database", (password) => databaseError(password)],
    ["a text", (password) => `no room for ${password}`],
    ["an error of a callee", (password) => calleeError(password)],
  ])("are nowhere after a handler has thrown %s", async (_, thrown) => {
    keep = async (call, password) => {
      call.log.error({ err: thrown(password) }, "it went wrong");
      throw thrown(password);
    };
    const answer = await send(request);
    expect(answer).toMatch(/internal|unavailable/);
    expect(await leaks(answer)).toEqual([]);
  });

  it("leave the rest of an error's message readable", async () => {
    keep = (_, password) => Promise.reject(new Error(`no room for ${password} on shelf 4`));
    await send(request);
    expect(lines.join("")).toContain("no room for [redacted] on shelf 4");
    expect(await leaks()).toEqual([]);
  });

  it("are nowhere after a stream that fails in its middle", async () => {
    keep = async (_, password) => {
      if (password.endsWith("2")) throw new Error(`no room for ${password}`);
    };
    const client = createClient(SecretService, createGrpcTransport({ baseUrl: url }));
    const messages = async function* () {
      for (const number of [1, 2]) yield { keep: { password: `password-${CANARY}-${number}` } };
    };
    const error = await client.keepMany(messages()).catch((thrown: unknown) => ConnectError.from(thrown));
    expect(error).toMatchObject({ code: Code.Internal });
    expect(await leaks(String(error))).toEqual([]);
  });
});

describe("values of fields with debug_redact in malformed JSON", () => {
  beforeEach(() => start("node"));

  it.each(
    Object.entries({
      "no JSON": `{"password": ${CANARY}`,
      "a bare value": `"${CANARY}"`,
      "a number that is none": `{"account": "${CANARY}"}`,
      "bytes that are none": `{"key": "${CANARY}!"}`,
      "a text that is none": `{"password": {"${CANARY}": 1}}`,
      "a list that is none": `{"aliases": "${CANARY}"}`,
      "an item that is none": `{"aliases": [["${CANARY}"]]}`,
      "a map that is none": `{"answers": "${CANARY}"}`,
      "a map value that is none": `{"answers": {"${CANARY}": ["${CANARY}"]}}`,
      "a map key twice": `{"answers": {"${CANARY}": "1", "${CANARY}": "2"}}`,
      "a message that is none": `{"secret": "${CANARY}"}`,
      "a nested text that is none": `{"secret": {"email": ["${CANARY}"]}}`,
      "a oneof twice": `{"phone": "${CANARY}", "website": "${CANARY}"}`,
      "an unknown key": `{"passphrase": "${CANARY}"}`,
    }),
  )("are nowhere after a body with %s", async (_, body) => {
    const answer = await post(body);
    expect(answer).toContain("invalid_argument");
    expect(await leaks(answer)).toEqual([]);
  });
});

/** What the driver of PostgreSQL throws. */
function databaseError(password: string): Error {
  return Object.assign(new Error(`invalid input syntax for type uuid: "${password}"`), {
    code: "22P02",
    detail: `Key (password)=(${password}) already exists.`,
    where: `unnamed portal parameter $1 = '${password}'`,
  });
}

/** What a client of another service throws. */
function calleeError(password: string): ConnectError {
  const detail = anyPack(KeepRequestSchema, create(KeepRequestSchema, { password }));
  const error = new ConnectError(`cannot keep ${password}`, Code.Unavailable, undefined, [
    { type: KeepRequestSchema.typeName, value: detail.value },
  ] as never);
  error.isWireError = true;
  return error;
}
