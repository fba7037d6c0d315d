import net, { type AddressInfo } from "node:net";
import { ManualClock } from "@charter/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { CONNECTION_LOST } from "../connection/stream.js";
import { errorCodes, flags, frameTypes, PREFACE, settingIds } from "../frames/constants.js";
import {
  frame,
  goawayFrame,
  headersFrames,
  pingFrame,
  rstStreamFrame,
  settingsAck,
  settingsFrame,
} from "../frames/frame-writer.js";
import { HpackEncoder } from "../hpack/encoder.js";
import { defaultLimits } from "../limits.js";
import { FramePeer } from "../testing/frame-peer.js";
import { until } from "../testing/turns.js";
import { openWire, wireCall } from "../testing/wire-client.js";
import { connectWire } from "./connect-wire.js";
import type { WireConnection } from "./wire-connection.js";

describe("a WireConnection to a server that plays its frames", () => {
  const clock = new ManualClock();
  let listener: net.Server;
  let connection: WireConnection;
  let server: FramePeer;
  let goings: [number, string][];
  let readies: number;
  let overs: (Error | undefined)[];
  const ok = new HpackEncoder(0).encode([{ name: ":status", value: "200" }]);
  const head = (streamId: number, endStream: boolean) => headersFrames(streamId, ok, endStream, 16_384);

  beforeEach(async () => {
    listener = net.createServer();
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const accepted = new Promise<net.Socket>((resolve) => listener.once("connection", resolve));
    goings = [];
    readies = 0;
    overs = [];
    connection = connectWire({
      host: "127.0.0.1",
      port: (listener.address() as AddressInfo).port,
      clock,
      keepaliveMs: 30_000,
      onReady: () => {
        readies += 1;
      },
      onGoingAway: (...why) => goings.push(why),
      onOver: (error) => overs.push(error),
    });
    server = new FramePeer(await accepted, PREFACE.length);
    server.send(settingsFrame(new Map([[settingIds.maxConcurrentStreams, 2]])), settingsAck);
    await server.next(({ type, flags: bits }) => type === frameTypes.settings && bits === flags.ack);
  });

  afterEach(async () => {
    server.destroy();
    await connection.close();
    await new Promise((resolve) => listener.close(resolve));
  });

  const open = () => wireCall(connection, { path: "/echo", body: [Buffer.from("x")] });

  it("says which requests a GOAWAY left unprocessed, and lets the others finish", async () => {
    const [taken, late, waiting] = [open(), open(), open()];
    await server.nextOf(frameTypes.headers, 3);
    server.send(goawayFrame(1));
    expect((await late).code).toBe(errorCodes.refusedStream);
    expect((await waiting).code).toBe(errorCodes.refusedStream);
    expect([goings.length, connection.isOpen]).toEqual([1, false]);
    server.send(head(1, true));
    expect(await taken).toMatchObject({ status: 200, code: errorCodes.noError });
    await server.closed;
  });

  it("tells that the server speaks HTTP/2, how many requests it allows, and why it wants no more", async () => {
    expect([readies, connection.maxStreams]).toEqual([1, 2]);
    server.send(settingsFrame(new Map([[settingIds.maxConcurrentStreams, 7]])));
    server.send(goawayFrame(0, errorCodes.enhanceYourCalm, "too_many_pings"));
    await until(() => goings.length === 1);
    expect([readies, connection.maxStreams]).toEqual([1, 7]);
    expect(goings).toEqual([[errorCodes.enhanceYourCalm, "too_many_pings"]]);
  });

  it("asks whether the server lives when it is told to, and counts what comes", async () => {
    const before = connection.bytesReceived;
    let answers = 0;
    connection.ping(() => {
      answers += 1;
    });
    const { payload } = await server.nextOf(frameTypes.ping);
    server.send(pingFrame(Buffer.from("stranger"), true), pingFrame(payload, true), pingFrame(payload, true));
    await until(() => connection.bytesReceived === before + 3 * pingFrame(payload, true).length);
    expect(answers).toBe(1);
  });

  it("passes on with which code the server reset a request", async () => {
    const [refused, cancelled] = [open(), open()];
    await server.nextOf(frameTypes.headers, 3);
    server.send(rstStreamFrame(1, errorCodes.refusedStream), rstStreamFrame(3, errorCodes.internalError));
    expect((await refused).code).toBe(errorCodes.refusedStream);
    expect((await cancelled).code).toBe(errorCodes.internalError);
  });

  it("takes a reset without error as an end only where the answer is complete", async () => {
    const [cut, complete] = [open(), openWire(connection, { path: "/echo", body: [] })];
    await server.nextOf(frameTypes.headers, 3);
    server.send(head(1, false), rstStreamFrame(1, errorCodes.noError), head(3, true));
    expect((await cut).code).toBe(errorCodes.protocolError);
    expect((await complete?.exchange.answer)?.code).toBe(errorCodes.noError);
  });

  it("does not call refused what the server may have seen before the connection was lost", async () => {
    const [sent, second, waiting] = [open(), open(), open()];
    await server.nextOf(frameTypes.headers, 3);
    server.destroy();
    expect([(await sent).code, (await second).code]).toEqual([CONNECTION_LOST, CONNECTION_LOST]);
    expect((await waiting).code).toBe(errorCodes.refusedStream);
    expect(connection.isOpen).toBe(false);
  });

  it.each([
    ["pushes", () => frame(frameTypes.pushPromise, flags.endHeaders, 1, Buffer.alloc(8))],
    ["opens a stream", () => head(2, true)],
    ["answers what was not asked", () => head(9, true)],
  ])("ends the connection when the server %s", async (_what, bytes) => {
    const call = open();
    await server.nextOf(frameTypes.headers, 1);
    server.send(bytes());
    expect(await server.goawayCode()).toBe(errorCodes.protocolError);
    expect((await call).code).toBe(CONNECTION_LOST);
    expect(overs).toMatchObject([{ code: errorCodes.protocolError }]);
  });

  it.each([
    ["DATA before a head", () => frame(frameTypes.data, 0, 1, Buffer.alloc(1))],
    ["a head without status", () => headersFrames(1, Buffer.from([0x87]), true, 16_384)],
    [
      "status 101",
      () => headersFrames(1, new HpackEncoder(0).encode([{ name: ":status", value: "101" }]), false, 16_384),
    ],
    ["trailers that do not end the stream", () => Buffer.concat([head(1, false), head(1, false)])],
  ])("resets a stream that gets %s, and goes on", async (_what, bytes) => {
    const call = open();
    await server.nextOf(frameTypes.headers, 1);
    server.send(bytes());
    expect((await call).code).toBe(errorCodes.protocolError);
    const next = open();
    await server.nextOf(frameTypes.headers, 3);
    server.send(head(3, true));
    expect((await next).status).toBe(200);
  });

  it("asks a server that is silent during a request whether it lives, and leaves when it does not answer", async () => {
    const call = open();
    await server.nextOf(frameTypes.headers, 1);
    await clock.advance(31_000);
    await server.nextOf(frameTypes.ping);
    await clock.advance(defaultLimits.pingTimeoutMs + 1_000);
    expect((await call).code).toBe(CONNECTION_LOST);
    await until(() => overs.length === 1);
  });
});
