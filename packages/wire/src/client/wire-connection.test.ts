import net, { type AddressInfo } from "node:net";
import tls from "node:tls";
import { seededRandom } from "@charter/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { errorCodes } from "../frames/constants.js";
import { defaultLimits } from "../limits.js";
import { serveByNode } from "../testing/node-server.js";
import { pattern } from "../testing/pattern.js";
import { pskClientOptions, pskServerOptions } from "../testing/psk.js";
import { serve } from "../testing/serve.js";
import { untilSteady } from "../testing/turns.js";
import { Exchange, openWire, templateOf, wireCall } from "../testing/wire-client.js";
import { connectWire } from "./connect-wire.js";
import type { WireConnection } from "./wire-connection.js";

const MEBIBYTE = 1_048_576;

const servers = [
  ["node:http2 over tcp", () => serveByNode(), undefined],
  ["node:http2 over tls", () => serveByNode({}, "tls"), pskClientOptions],
  ["a WireServer over tcp", () => serve(), undefined],
  ["a WireServer over tls", () => serve({}, "tls"), pskClientOptions],
] as const;

describe.each(servers)("a WireConnection to %s", (_name, start, options) => {
  let served: { port: number; stop(): Promise<void> };
  let connection: WireConnection;

  beforeEach(async () => {
    served = await start();
    connection = connectWire({ host: "127.0.0.1", port: served.port, ...(options && { tls: options }) });
  });

  afterEach(async () => {
    await connection.close();
    await served.stop();
  });

  it.each([0, 1, 16_384, 16_385, 65_536, 8 * MEBIBYTE])(
    "sends and takes a body of %d bytes",
    async (length) => {
      const body = pattern(length);
      const answer = await wireCall(connection, { path: "/echo", body: [body] });
      expect(answer).toMatchObject({ status: 200, code: errorCodes.noError });
      expect(answer.body.equals(body)).toBe(true);
    },
  );

  it.each([0, 1, 4_096, 4_097, 300_000])("sends a whole body of %d bytes with its head", async (length) => {
    const bodies = Array.from({ length: 3 }, (_, index) => pattern(length + index));
    const exchanges = bodies.map((body) => {
      const exchange = new Exchange({ path: "/echo" });
      const token = { name: "authorization", value: `token ${length}`, representation: "never" as const };
      connection.openWhole(templateOf("/echo"), exchange, body, [token]);
      return exchange;
    });
    const answers = await Promise.all(exchanges.map(({ answer }) => answer));
    expect(answers.map(({ status, code }) => [status, code])).toEqual(bodies.map(() => [200, 0]));
    expect(answers.map(({ body }, index) => body.equals(bodies[index] as Buffer))).toEqual([
      true,
      true,
      true,
    ]);
  });

  it("sends and takes bodies however they are cut, many at a time", async () => {
    const random = seededRandom();
    await random.reporting(async () => {
      const bodies = Array.from({ length: 40 }, () =>
        Array.from({ length: random.integer(1, 30) }, () => pattern(random.integer(1, 9_000))),
      );
      const answers = await Promise.all(bodies.map((body) => wireCall(connection, { path: "/echo", body })));
      expect(answers.map(({ body }) => body.toString("base64"))).toEqual(
        bodies.map((body) => Buffer.concat(body).toString("base64")),
      );
    });
  });

  it("sends and takes trailers", async () => {
    const trailers = [{ name: "x-checksum", value: "abc" }];
    const answer = await wireCall(connection, { path: "/echo", body: [Buffer.from("body")], trailers });
    expect(answer.trailers).toEqual(expect.arrayContaining(["x-checksum", "abc"]));
  });

  it("takes an answer that comes before the body was sent, and goes on", async () => {
    const answer = await wireCall(connection, { path: "/early", body: [pattern(3 * MEBIBYTE)] });
    expect(answer.body.toString()).toBe("no need");
    expect((await wireCall(connection, { path: "/bytes/5" })).body).toHaveLength(5);
  });

  it("cancels requests in either half, and goes on", async () => {
    for (let round = 0; round < 30; round += 1) {
      const unwanted = openWire(connection, { path: "/bytes/10000000" });
      const unanswered = openWire(connection, { path: "/never", body: [pattern(60_000)] });
      await new Promise<void>((resolve) => {
        if (unwanted) unwanted.exchange.onHead = resolve;
      });
      unwanted?.stream.reset(errorCodes.cancel);
      unanswered?.stream.reset(errorCodes.cancel);
      expect((await unwanted?.exchange.answer)?.code).toBe(errorCodes.cancel);
    }
    expect(connection.openStreams).toBe(0);
    expect((await wireCall(connection, { path: "/bytes/3000000" })).body).toHaveLength(3_000_000);
  });

  it("lets the server send only what it uses", async () => {
    const slow = openWire(connection, { path: "/bytes/5000000" });
    if (slow) slow.exchange.reads = false;
    await untilSteady(() => slow?.stream.receivedLength ?? 0, 200);
    expect(slow?.stream.receivedLength).toBe(defaultLimits.streamWindow);
    expect((await wireCall(connection, { path: "/bytes/300000" })).body).toHaveLength(300_000);
    if (slow) slow.exchange.reads = true;
    slow?.stream.consumed(defaultLimits.streamWindow);
    expect((await slow?.exchange.answer)?.body.equals(pattern(5_000_000))).toBe(true);
  });

  it("finishes what is open when it drains, and takes nothing more", async () => {
    const call = wireCall(connection, { path: "/bytes/1000000" });
    const drained = connection.drain();
    expect(openWire(connection, { path: "/empty" })).toBeUndefined();
    expect((await call).body).toHaveLength(1_000_000);
    await drained;
  });
});

describe("a WireConnection", () => {
  it("keeps to the number of streams that the server allows, and lets a bounded number wait", async () => {
    const served = await serveByNode({ maxConcurrentStreams: 3 });
    const connection = connectWire({ host: "127.0.0.1", port: served.port, maxWaitingStreams: 50 });
    await wireCall(connection, { path: "/empty" });
    const calls = Array.from({ length: 53 }, () =>
      wireCall(connection, { path: "/echo", body: [pattern(20_000)] }),
    );
    expect([connection.openStreams, connection.waitingStreams]).toEqual([3, 50]);
    expect(openWire(connection, { path: "/empty" })).toBeUndefined();
    for (const { body, code } of await Promise.all(calls)) expect([body.length, code]).toEqual([20_000, 0]);
    await connection.close();
    await served.stop();
  });

  it("forgets a waiting request that is cancelled", async () => {
    const served = await serve({ limits: { maxConcurrentStreams: 1 } });
    const connection = connectWire({ host: "127.0.0.1", port: served.port });
    await wireCall(connection, { path: "/empty" });
    const [first, second] = ["/never", "/echo"].map((path) =>
      openWire(connection, { path, body: [pattern(10)] }),
    );
    second?.stream.reset(errorCodes.cancel);
    expect((await second?.exchange.answer)?.code).toBe(errorCodes.cancel);
    expect(connection.waitingStreams).toBe(0);
    first?.stream.reset(errorCodes.cancel);
    expect((await wireCall(connection, { path: "/bytes/7" })).body).toHaveLength(7);
    await connection.close();
    await served.stop();
  });

  it("passes on no interim response", async () => {
    const served = await serveByNode();
    const connection = connectWire({ host: "127.0.0.1", port: served.port });
    const answer = await wireCall(connection, { path: "/interim" });
    expect(answer.fields).toEqual(expect.arrayContaining(["x-after", "interim"]));
    expect(answer.body.toString()).toBe("after");
    await connection.close();
    await served.stop();
  });

  it("refuses what it could not connect for", async () => {
    const listener = net.createServer();
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const { port } = listener.address() as AddressInfo;
    await new Promise((resolve) => listener.close(resolve));
    const errors: (Error | undefined)[] = [];
    const connection = connectWire({ host: "127.0.0.1", port, onOver: (error) => errors.push(error) });
    const answer = await wireCall(connection, { path: "/echo", body: [pattern(10)] });
    expect(answer.code).toBe(errorCodes.refusedStream);
    expect(errors).toMatchObject([{ code: "ECONNREFUSED" }]);
    await connection.close();
  });

  it("refuses to speak HTTP/2 with a TLS server that does not agree on it", async () => {
    const listener = tls.createServer({ ...pskServerOptions, ALPNProtocols: [] });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const { port } = listener.address() as AddressInfo;
    const connection = connectWire({ host: "127.0.0.1", port, tls: pskClientOptions });
    expect((await wireCall(connection, { path: "/" })).code).toBe(errorCodes.refusedStream);
    await connection.close();
    await new Promise((resolve) => listener.close(resolve));
  });
});
