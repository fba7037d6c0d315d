import type http2 from "node:http2";
import net from "node:net";
import { seededRandom } from "@charter/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { errorCodes, flags, frameTypes, MAX_WINDOW, settingIds } from "../frames/constants.js";
import { rstStreamFrame, windowUpdateFrame } from "../frames/frame-writer.js";
import { answering, bytesMade } from "../testing/answering.js";
import { FramePeer, requestFrame } from "../testing/frame-peer.js";
import { closeSession, nodeAnswer, nodeCall, nodeClient, openNodeStream } from "../testing/node-client.js";
import { pattern } from "../testing/pattern.js";
import { type Served, serve } from "../testing/serve.js";
import { until, untilSteady } from "../testing/turns.js";
import { WireServer } from "./wire-server.js";

const MEBIBYTE = 1_048_576;

describe.each(["tcp", "tls"] as const)("a WireServer over %s, called by node:http2", (transport) => {
  let served: Served;
  let session: http2.ClientHttp2Session;

  beforeEach(async () => {
    served = await serve({}, transport);
    session = await nodeClient(served.port, {}, transport);
  });

  afterEach(async () => {
    await closeSession(session);
    await served.stop();
  });

  it.each([0, 1, 16_384, 16_385, 65_535, 300_000, 8 * MEBIBYTE])(
    "takes and sends back a body of %d bytes",
    async (length) => {
      const body = pattern(length);
      const answer = await nodeCall(session, { path: "/echo", body: [body] });
      expect(answer.headers[":status"]).toBe(200);
      expect(answer.body.equals(body)).toBe(true);
      expect(answer.code).toBe(errorCodes.noError);
    },
  );

  it("takes and sends back bodies however they are cut, many at a time", async () => {
    const random = seededRandom();
    await random.reporting(async () => {
      const bodies = Array.from({ length: 40 }, () =>
        Array.from({ length: random.integer(1, 30) }, () => pattern(random.integer(0, 9_000))),
      );
      const answers = await Promise.all(bodies.map((body) => nodeCall(session, { path: "/echo", body })));
      expect(answers.map(({ body }) => body.toString("base64"))).toEqual(
        bodies.map((body) => Buffer.concat(body).toString("base64")),
      );
    });
  });

  it("takes and sends back trailers", async () => {
    const answer = await nodeCall(session, {
      path: "/echo",
      body: [Buffer.from("body")],
      trailers: { "x-checksum": "abc" },
    });
    expect(answer.trailers["x-checksum"]).toBe("abc");
  });

  it("answers 1,000 calls on one connection", async () => {
    for (let round = 0; round < 10; round += 1) {
      const calls = Array.from({ length: 100 }, () => nodeCall(session, { path: "/bytes/10" }));
      expect((await Promise.all(calls)).every(({ body }) => body.length === 10)).toBe(true);
    }
  });
});

describe("a WireServer", () => {
  let served: Served;

  beforeEach(async () => {
    served = await serve();
  });

  afterEach(() => served.stop());

  it("answers before the body has come, asks the client to stop, and goes on with the connection", async () => {
    const session = await nodeClient(served.port);
    const stream = openNodeStream(session, { path: "/early", body: [] });
    stream.write(pattern(100_000));
    const answer = await nodeAnswer(stream);
    expect(answer.body.toString()).toBe("no need");
    expect(answer.code).toBe(errorCodes.noError);
    const body = pattern(3 * MEBIBYTE);
    expect((await nodeCall(session, { path: "/echo", body: [body] })).body.equals(body)).toBe(true);
    await closeSession(session);
  });

  it("forgets what a client cancels, in either half, and gives back what it had not used", async () => {
    const session = await nodeClient(served.port);
    for (let round = 0; round < 30; round += 1) {
      const unread = openNodeStream(session, { path: "/never", body: [] });
      unread.write(pattern(60_000));
      const unwanted = openNodeStream(session, { path: "/bytes/10000000" });
      await new Promise((resolve) => unwanted.once("data", resolve));
      unwanted.close(errorCodes.cancel);
      unread.close(errorCodes.cancel);
      await Promise.all([nodeAnswer(unread), nodeAnswer(unwanted)]);
    }
    const body = pattern(2 * MEBIBYTE);
    expect((await nodeCall(session, { path: "/echo", body: [body] })).body.equals(body)).toBe(true);
    await closeSession(session);
  });

  it("makes a body only as fast as the client's window takes it", async () => {
    const session = await nodeClient(served.port);
    const before = bytesMade();
    const stream = openNodeStream(session, { path: "/bytes/50000000" });
    await new Promise((resolve) => stream.once("response", resolve));
    expect((await untilSteady(bytesMade)) - before).toBeLessThan(200_000);
    let received = 0;
    stream.on("data", (piece: Buffer) => {
      received += piece.length;
    });
    await new Promise((resolve) => stream.once("close", resolve));
    expect(received).toBe(50_000_000);
    await closeSession(session);
  });

  it("makes a body only as fast as the socket takes it, however large the window", async () => {
    const peer = await FramePeer.greet(served.port, new Map([[settingIds.initialWindowSize, MAX_WINDOW]]));
    const before = bytesMade();
    peer.socket.pause();
    peer.send(windowUpdateFrame(0, MAX_WINDOW - 65_535), requestFrame(1, "/bytes/400000000"));
    await until(() => bytesMade() > before);
    expect((await untilSteady(bytesMade)) - before).toBeLessThan(32 * MEBIBYTE);
    peer.destroy();
  });

  it("keeps to a client's table that is smaller than it was", async () => {
    const session = await nodeClient(served.port, { headerTableSize: 0 });
    expect((await nodeCall(session, { path: "/bytes/5" })).body).toHaveLength(5);
    await new Promise<void>((resolve) => session.settings({ headerTableSize: 64 }, () => resolve()));
    expect((await nodeCall(session, { path: "/bytes/5" })).body).toHaveLength(5);
    await closeSession(session);
  });

  it("lets a client that completes many calls cancel some", async () => {
    const strict = await serve({ limits: { resetsPerSecond: 1 } });
    const peer = await FramePeer.greet(strict.port);
    for (let streamId = 1; streamId < 1_000; streamId += 40) {
      for (let offset = 0; offset < 38; offset += 2) peer.send(requestFrame(streamId + offset, "/empty"));
      peer.send(requestFrame(streamId + 38, "/never"), rstStreamFrame(streamId + 38, errorCodes.cancel));
    }
    await peer.nextOf(frameTypes.headers, 997);
    expect(peer.count(frameTypes.goaway)).toBe(0);
    peer.destroy();
    await strict.stop();
  });

  it("lets a client with a small window give it back as often as it must", async () => {
    const strict = await serve({ limits: { windowUpdatesPerSecond: 10 } });
    const session = await nodeClient(strict.port, { initialWindowSize: 500 });
    const answer = await nodeCall(session, { path: "/bytes/300000" });
    expect([answer.body.length, answer.code]).toEqual([300_000, errorCodes.noError]);
    await closeSession(session);
    await strict.stop();
  });

  it("sends heads by the connection's own table, through all its sizes", async () => {
    const indexed = await serve({
      onRequest: (stream, { path }) => {
        const head = stream.encoder.encode([
          { name: ":status", value: "200" },
          { name: "x-path", value: path, representation: "index" },
          { name: "x-same", value: "same", representation: "index" },
        ]);
        stream.sendHeaders(head, true);
        return { data() {}, end() {}, drained() {}, closed() {} };
      },
    });
    const session = await nodeClient(indexed.port);
    for (const headerTableSize of [4_096, 100, 0, 60, 10_000]) {
      await new Promise<void>((resolve) => session.settings({ headerTableSize }, () => resolve()));
      const calls = Array.from({ length: 200 }, (_, index) => nodeCall(session, { path: `/${index % 7}` }));
      const paths = (await Promise.all(calls)).map(({ headers }) => headers["x-path"]);
      expect(paths).toEqual(calls.map((_, index) => `/${index % 7}`));
    }
    await closeSession(session);
    await indexed.stop();
  });

  it("keeps to a window that the client changes while bodies wait", async () => {
    const session = await nodeClient(served.port, { initialWindowSize: 10 });
    const answer = nodeCall(session, { path: "/bytes/200000" });
    await new Promise<void>((resolve) => session.settings({ initialWindowSize: 5_000 }, () => resolve()));
    await new Promise<void>((resolve) => session.settings({ initialWindowSize: 100_000 }, () => resolve()));
    expect((await answer).body.equals(pattern(200_000))).toBe(true);
    await closeSession(session);
  });

  it("refuses streams above its limit, one by one, and takes others when there is room", async () => {
    const narrow = await serve({ limits: { maxConcurrentStreams: 2 } });
    const peer = await FramePeer.greet(narrow.port);
    peer.send(requestFrame(1, "/never"), requestFrame(3, "/never"), requestFrame(5, "/never"));
    const refusal = await peer.nextOf(frameTypes.rstStream, 5);
    expect(refusal.payload.readUInt32BE()).toBe(errorCodes.refusedStream);
    peer.send(rstStreamFrame(3, errorCodes.cancel), requestFrame(7, "/empty"));
    expect((await peer.nextOf(frameTypes.headers, 7)).flags & flags.endStream).toBe(flags.endStream);
    peer.destroy();
    await narrow.stop();
  });

  it("closes a further socket unanswered when it has as many as it may", async () => {
    const small = await serve({ maxConnections: 1 });
    const session = await nodeClient(small.port);
    const socket = net.connect({ port: small.port, host: "127.0.0.1" });
    await new Promise((resolve) => socket.once("close", resolve));
    expect(small.wire.connections).toBe(1);
    await closeSession(session);
    await small.stop();
  });

  it("ends the connection, and tells why, when the layer above throws", async () => {
    const fault = new Error("a fault of the layer above");
    const faulty = await serve({
      onRequest: () => {
        throw fault;
      },
    });
    const session = await nodeClient(faulty.port);
    session.on("error", () => {});
    const answer = await nodeCall(session, { path: "/" });
    expect(answer.code).not.toBe(errorCodes.noError);
    await until(() => faulty.overs.length === 1);
    expect(faulty.overs[0]).toMatchObject({ code: errorCodes.internalError, cause: fault });
    await faulty.stop();
  });

  it("tells the receiver of a stream that was over before there was one", async () => {
    const codes: number[] = [];
    const hasty = await serve({
      onRequest: (stream) => {
        stream.reset(errorCodes.cancel);
        return { data() {}, end() {}, drained() {}, closed: (_stream, code) => codes.push(code) };
      },
    });
    const session = await nodeClient(hasty.port);
    await nodeCall(session, { path: "/" });
    expect(codes).toEqual([errorCodes.cancel]);
    await closeSession(session);
    await hasty.stop();
  });

  it.each([
    ["maxFrameSize", 1_000],
    ["connectionWindow", 1_000],
    ["maxOutboxBytes", 0],
    ["idleTimeoutMs", Number.NaN],
  ])("is not made with %s %d", (name, value) => {
    const make = () => new WireServer({ onRequest: answering, limits: { [name]: value } });
    expect(make).toThrow(RangeError);
  });
});
