import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ManualClock } from "@charter/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { KeySetUnavailableError } from "./errors.js";
import { remoteKeySet } from "./remote-key-set.js";
import { generateSigningKey, type SigningKey } from "./signing-key.js";

let server: Server;
let answer: RequestListener;
let url: string;
let key: SigningKey;
const clock = new ManualClock();

beforeEach(async () => {
  key = await generateSigningKey();
  answer = (_, response) => response.end(JSON.stringify({ keys: [key.publicJwk] }));
  server = createServer((request, response) => answer(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

const find = () => remoteKeySet(url, { clock }).find(key.kid);
const answerWith = (body: unknown, status = 200): RequestListener => {
  return (_, response) => response.writeHead(status).end(JSON.stringify(body));
};

describe("remoteKeySet", () => {
  it("finds a published key", async () => {
    await expect(find()).resolves.toMatchObject({ kid: key.kid });
    expect(clock.pendingTimers).toBe(0);
  });

  it("asks the next address where one does not answer", async () => {
    const away = "http://127.0.0.1:1/.well-known/jwks.json";
    await expect(remoteKeySet([away, url], { clock }).find(key.kid)).resolves.toBeDefined();
    await expect(remoteKeySet([away, away], { clock }).find(key.kid)).rejects.toThrow(KeySetUnavailableError);
    expect(clock.pendingTimers).toBe(0);
  });

  it("passes over keys that are not for Ed25519 signatures", async () => {
    const rsa = { kty: "RSA", kid: "r", n: "x", e: "AQAB" };
    const encryption = { ...key.publicJwk, use: "enc" };
    answer = answerWith({ keys: [rsa, encryption, key.publicJwk] });
    await expect(find()).resolves.toBeDefined();
  });

  it.each<[string, (response: Parameters<RequestListener>[1]) => void]>([
    ["an error status", (response) => response.writeHead(500).end("{}")],
    ["no JSON", (response) => response.end("<html>")],
    ["no key set", (response) => response.end("[]")],
    [
      "too many keys",
      (response) => response.end(JSON.stringify({ keys: Array.from({ length: 33 }, () => ({})) })),
    ],
    ["a dropped connection", (response) => response.destroy()],
  ])("cannot be read when the answer is %s", async (_, respond) => {
    answer = (_request, response) => respond(response);
    await expect(find()).rejects.toBeInstanceOf(KeySetUnavailableError);
  });

  it("follows no redirect, wherever it leads", async () => {
    answer = (request, response) => {
      const redirect = request.url === "/elsewhere" ? undefined : { location: "/elsewhere" };
      response.writeHead(redirect ? 302 : 200, redirect).end(JSON.stringify({ keys: [key.publicJwk] }));
    };
    await expect(find()).rejects.toBeInstanceOf(KeySetUnavailableError);
  });

  it("reads no more than 64 KiB", async () => {
    const body = JSON.stringify({ keys: [key.publicJwk] });
    answer = (_, response) => response.end(body.padEnd(65_536));
    await expect(find()).resolves.toBeDefined();
    answer = (_, response) => response.end(body.padEnd(65_537));
    await expect(find()).rejects.toBeInstanceOf(KeySetUnavailableError);
  });

  it("refuses a key under a name that is not its thumbprint", async () => {
    answer = answerWith({ keys: [{ ...key.publicJwk, kid: "chosen" }] });
    await expect(find()).rejects.toBeInstanceOf(KeySetUnavailableError);
  });

  it("gives up on a source that does not end its answer", async () => {
    let reached = () => {};
    const asked = new Promise<void>((resolve) => {
      reached = resolve;
    });
    answer = (_, response) => {
      response.write("{");
      reached();
    };
    const finding = expect(find()).rejects.toMatchObject({
      name: "KeySetUnavailableError",
      cause: new Error("no complete answer within 2000 ms"),
    });
    await asked;
    await clock.advance(2_000);
    await finding;
  });
});
