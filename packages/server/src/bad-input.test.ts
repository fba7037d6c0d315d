import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect as connectTcp } from "node:net";
import { gzipSync } from "node:zlib";
import { BadRequestSchema, ErrorInfoSchema } from "@charter/contract/google/rpc/error_details_pb.js";
import { Code } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type RawCall, rawCalls } from "./testing/raw-call.js";
import { type StartedShelf, startShelf } from "./testing/start-shelf.js";
import { wires } from "./testing/wires.js";

interface Row {
  readonly what: string;
  readonly method: string;
  readonly body: unknown;
  readonly token?: string;
  readonly gzip?: boolean;
  readonly code: Code;
  readonly reason: string;
  readonly fields?: readonly string[];
}

const MIB = 1_048_576;
const item = { sku: "85123A", quantity: 6 };
const put = { shelf: { ownerId: "alice" }, items: [item], idempotencyKey: "k" };
const alice = "Bearer user alice";

const rows: Row[] = [
  {
    what: "malformed JSON",
    method: "Echo",
    body: '{"text":',
    code: Code.InvalidArgument,
    reason: "REQUEST_MALFORMED",
  },
  {
    what: "no JSON at all",
    method: "Echo",
    body: "\u0000\u0001",
    code: Code.InvalidArgument,
    reason: "REQUEST_MALFORMED",
  },
  {
    what: "an unknown field",
    method: "Echo",
    body: { txet: "a" },
    code: Code.InvalidArgument,
    reason: "REQUEST_MALFORMED",
  },
  {
    what: "a field of the wrong type",
    method: "Echo",
    body: { quantity: "many" },
    code: Code.InvalidArgument,
    reason: "REQUEST_MALFORMED",
  },
  {
    what: "nesting without end",
    method: "Echo",
    body: '{"text":'.repeat(5_000),
    code: Code.InvalidArgument,
    reason: "REQUEST_MALFORMED",
  },
  {
    what: "a negative quantity",
    method: "Echo",
    body: { quantity: -1 },
    code: Code.InvalidArgument,
    reason: "REQUEST_INVALID",
    fields: ["quantity"],
  },
  {
    what: "a NUL character in a text, however deep",
    method: "PutItem",
    token: alice,
    body: { ...put, items: [item, { sku: "a\u0000b", quantity: 1 }] },
    code: Code.InvalidArgument,
    reason: "REQUEST_INVALID",
    fields: ["items[1].sku"],
  },
  {
    what: "missing fields, all of them named",
    method: "PutItem",
    token: alice,
    body: { items: [item, { sku: "" }] },
    code: Code.InvalidArgument,
    reason: "REQUEST_INVALID",
    fields: ["shelf", "items[1].sku", "items[1].quantity", "idempotency_key"],
  },
  {
    what: "a body of 5 MiB",
    method: "Echo",
    body: { text: "a".repeat(5 * MIB) },
    code: Code.ResourceExhausted,
    reason: "REQUEST_TOO_LARGE",
  },
  {
    what: "a gzip bomb",
    method: "Echo",
    body: gzipSync(Buffer.alloc(40 * MIB, 0x20)),
    gzip: true,
    code: Code.ResourceExhausted,
    reason: "REQUEST_TOO_LARGE",
  },
  {
    what: "damaged gzip",
    method: "Echo",
    body: Buffer.from("not gzip"),
    gzip: true,
    code: Code.InvalidArgument,
    reason: "REQUEST_MALFORMED",
  },
  { what: "no token", method: "WhoAmI", body: {}, code: Code.Unauthenticated, reason: "TOKEN_MISSING" },
  {
    what: "a forged token",
    method: "WhoAmI",
    body: {},
    token: "Bearer forged",
    code: Code.Unauthenticated,
    reason: "TOKEN_INVALID",
  },
  {
    what: "no token and a body of 5 MiB",
    method: "WhoAmI",
    body: "a".repeat(5 * MIB),
    code: Code.Unauthenticated,
    reason: "TOKEN_MISSING",
  },
  {
    what: "the wrong role",
    method: "ClearShelves",
    body: {},
    token: "Bearer user alice reader",
    code: Code.PermissionDenied,
    reason: "NOT_PERMITTED",
  },
  {
    what: "the wrong service",
    method: "ClearShelves",
    body: {},
    token: "Bearer service thief",
    code: Code.PermissionDenied,
    reason: "NOT_PERMITTED",
  },
  {
    what: "an object of somebody else",
    method: "PutItem",
    body: put,
    token: "Bearer user mallory",
    code: Code.NotFound,
    reason: "NOT_FOUND",
  },
  {
    what: "a method that is not built",
    method: "Unbuilt",
    body: {},
    code: Code.Unimplemented,
    reason: "NOT_IMPLEMENTED",
  },
  {
    what: "an unknown procedure",
    method: "NoSuchThing",
    body: {},
    code: Code.Unimplemented,
    reason: "UNKNOWN_PROCEDURE",
  },
];

describe.each(wires)("on the wire %s", (wire) => {
  let shelf: StartedShelf;
  beforeAll(async () => {
    shelf = await startShelf({ wire });
  });
  afterAll(() => shelf.stop());

  const pathOf = (method: string) => `/charter.testing.v1.ShelfService/${method}`;

  function bytesOf(body: unknown): Uint8Array {
    if (body instanceof Uint8Array) return body;
    return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  }

  function send(
    call: RawCall,
    { method, body, token, gzip = false }: Pick<Row, "method" | "body" | "token" | "gzip">,
  ) {
    const header: Record<string, string> = token ? { authorization: token } : {};
    return call({ url: shelf.url, path: pathOf(method), body: bytesOf(body), header, gzip });
  }

  describe.each(Object.entries(rawCalls))("over %s", (_, call) => {
    it.each(rows)("$what is refused with its code and details", async (row) => {
      const error = await send(call, row);
      expect(error?.code).toBe(row.code);
      expect(error?.findDetails(ErrorInfoSchema)).toMatchObject([
        { reason: row.reason, domain: "charter.v1" },
      ]);
      const violations = error?.findDetails(BadRequestSchema).flatMap((it) => it.fieldViolations);
      expect(violations?.map((it) => it.field).filter(Boolean)).toEqual(row.fields ?? []);
      // The server lives on.
      await expect(send(call, { method: "Echo", body: {} })).resolves.toBeUndefined();
    });

    it("what is allowed passes", async () => {
      await expect(send(call, { method: "PutItem", body: put, token: alice })).resolves.toBeUndefined();
      await expect(
        send(call, { method: "PutItem", body: put, token: "Bearer user bob operator" }),
      ).resolves.toBeUndefined();
      await expect(
        send(call, { method: "ClearShelves", body: {}, token: "Bearer service keeper" }),
      ).resolves.toBeUndefined();
      await expect(
        send(call, { method: "ClearShelves", body: {}, token: "Bearer user bob shelf.write" }),
      ).resolves.toBeUndefined();
      await expect(
        send(call, { method: "Echo", body: {}, token: "Bearer expired" }),
      ).resolves.toBeUndefined();
    });
  });

  describe("plain HTTP", () => {
    it("answers an unknown procedure with 404", async () => {
      const answer = await fetch(`${shelf.url}${pathOf("NoSuchThing")}`, { method: "POST", body: "{}" });
      expect(answer.status).toBe(404);
      await expect(answer.json()).resolves.toMatchObject({ code: "unimplemented" });
    });

    it.each([
      ["PUT", "application/json", 405],
      ["GET", "application/json", 405],
      ["POST", "text/html", 415],
      ["POST", "application/connect+json", 415],
    ])("refuses %s of %s with %d", async (method, type, status) => {
      const body = method === "GET" ? null : "{}";
      const answer = await fetch(`${shelf.url}${pathOf("PutItem")}`, {
        method,
        headers: { "content-type": type },
        body,
      });
      expect(answer.status).toBe(status);
    });

    it.each(["[", "a b", "a/b", "a:99999", "", "[::1", "user@host"])(
      "answers Host %j with 400 and lives on",
      async (host) => {
        const socket = connectTcp(shelf.port, "127.0.0.1");
        socket.end(`GET /livez HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
        const chunks: Buffer[] = await socket.toArray();
        expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 400 /);
        await expect(fetch(`${shelf.url}/livez`).then((it) => it.status)).resolves.toBe(200);
      },
    );

    it.each(["[", "a:99999"])("answers :authority %j with 400 and lives on", async (authority) => {
      const session = connectHttp2(shelf.url);
      const stream = session.request({ ":authority": authority, ":path": pathOf("Echo"), ":method": "POST" });
      stream.end("{}");
      const [header] = await once(stream, "response");
      expect(header[":status"]).toBe(400);
      stream.resume();
      session.close();
      await expect(fetch(`${shelf.url}/livez`).then((it) => it.status)).resolves.toBe(200);
    });

    it("survives garbage in place of HTTP", async () => {
      const socket = connectTcp(shelf.port, "127.0.0.1");
      socket.end("\u0000\u0001 what is this\r\n\r\n");
      const chunks: Buffer[] = await socket.toArray();
      expect(Buffer.concat(chunks).toString()).toBe("");
      await expect(fetch(`${shelf.url}/livez`).then((it) => it.status)).resolves.toBe(200);
    });
  });
});
