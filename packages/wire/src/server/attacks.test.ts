import type http2 from "node:http2";
import { ManualClock } from "@charter/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { errorCodes, flags, frameTypes, MAX_WINDOW, settingIds } from "../frames/constants.js";
import {
  frame,
  pingFrame,
  rstStreamFrame,
  settingsAck,
  settingsFrame,
  windowUpdateFrame,
} from "../frames/frame-writer.js";
import { HpackEncoder } from "../hpack/encoder.js";
import { answering, bytesMade } from "../testing/answering.js";
import { FramePeer, frameClaiming, requestFrame, type SeenFrame } from "../testing/frame-peer.js";
import { closeSession, nodeCall, nodeClient } from "../testing/node-client.js";
import { type Served, serve } from "../testing/serve.js";
import { settledMemory } from "../testing/settled-memory.js";
import { until, untilSteady } from "../testing/turns.js";

const MEBIBYTE = 1_048_576;
const EMPTY = Buffer.alloc(0);
const { enhanceYourCalm, flowControlError, frameSizeError, protocolError, compressionError, refusedStream } =
  errorCodes;
/** Settings of a peer that takes no answer. */
const closedWindow = new Map([[settingIds.initialWindowSize, 0]]);
/** What an RST_STREAM says. */
const codeOf = ({ payload }: SeenFrame): number => payload.readUInt32BE();

const times = (count: number, make: (index: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, index) => make(index)));
/** Ids of a client's streams. */
const id = (index: number): number => index * 2 + 1;
/** A header block that begins and does not end. */
const openBlock = (streamId: number) =>
  frame(frameTypes.headers, flags.endStream, streamId, Buffer.from([0x82]));

/** A block that makes the table hold one large cookie, and blocks that name it again and again with a byte each. */
function cookieBomb(streamId: number): Buffer {
  const start = new HpackEncoder(4_096).encode([
    { name: ":method", value: "GET" },
    { name: ":scheme", value: "http" },
    { name: ":path", value: "/empty" },
    { name: "cookie", value: "\u0001".repeat(2_000), representation: "index" },
  ]);
  const block = Buffer.concat([start, Buffer.alloc(12_000, 0x80 | 62)]);
  return frame(frameTypes.headers, flags.endStream | flags.endHeaders, streamId, block);
}

/** Name, what is sent after the greeting, and the code of the GOAWAY that answers it. */
const attacks: readonly (readonly [name: string, bytes: () => Buffer, code: number])[] = [
  [
    "rapid reset",
    () =>
      times(3_000, (index) =>
        Buffer.concat([requestFrame(id(index), "/never", false), rstStreamFrame(id(index), 8)]),
      ),
    enhanceYourCalm,
  ],
  [
    "resets that it provokes from us",
    () =>
      times(3_000, (index) =>
        Buffer.concat([requestFrame(id(index), "/never", false), windowUpdateFrame(id(index), 0)]),
      ),
    enhanceYourCalm,
  ],
  ["5,000 streams", () => times(5_000, (index) => requestFrame(id(index), "/never", false)), enhanceYourCalm],
  [
    "empty CONTINUATION frames",
    () => Buffer.concat([openBlock(1), times(1_000, () => frame(frameTypes.continuation, 0, 1, EMPTY))]),
    enhanceYourCalm,
  ],
  [
    "CONTINUATION frames without end",
    () =>
      Buffer.concat([
        openBlock(1),
        times(8, () => frame(frameTypes.continuation, 0, 1, Buffer.alloc(16_000, 0x82))),
      ]),
    enhanceYourCalm,
  ],
  [
    "a header block for every frame's limit",
    () => frame(frameTypes.headers, flags.endHeaders, 1, Buffer.alloc(16_385)),
    frameSizeError,
  ],
  ["PING", () => times(20_000, () => pingFrame(Buffer.alloc(8), false)), enhanceYourCalm],
  ["answers to no PING", () => times(20_000, () => pingFrame(Buffer.alloc(8), true)), enhanceYourCalm],
  [
    "SETTINGS",
    () => times(20_000, () => settingsFrame(new Map([[settingIds.initialWindowSize, 1]]))),
    enhanceYourCalm,
  ],
  ["acknowledgements of no SETTINGS", () => times(20_000, () => settingsAck), enhanceYourCalm],
  [
    "empty DATA",
    () =>
      Buffer.concat([
        requestFrame(1, "/never", false),
        times(20_000, () => frame(frameTypes.data, 0, 1, EMPTY)),
      ]),
    enhanceYourCalm,
  ],
  [
    "DATA of nothing but padding",
    () =>
      Buffer.concat([
        requestFrame(1, "/never", false),
        times(20_000, () => frame(frameTypes.data, flags.padded, 1, Buffer.alloc(1))),
      ]),
    enhanceYourCalm,
  ],
  ["PRIORITY", () => times(20_000, () => frame(frameTypes.priority, 0, 3, Buffer.alloc(5))), enhanceYourCalm],
  ["frames of an unknown type", () => times(20_000, () => frame(0xbe, 0, 0, EMPTY)), enhanceYourCalm],
  ["WINDOW_UPDATE", () => times(40_000, () => windowUpdateFrame(0, 1)), enhanceYourCalm],
  ["tiny cookies", () => times(1_500, (index) => cookieBomb(id(index))), enhanceYourCalm],
  ["windows that overflow", () => windowUpdateFrame(0, MAX_WINDOW), flowControlError],
  [
    "one block of many hundred fields",
    () => frame(frameTypes.headers, flags.endHeaders, 1, Buffer.alloc(600, 0x82)),
    enhanceYourCalm,
  ],
  [
    "more than the windows",
    () =>
      times(5, (index) =>
        Buffer.concat([
          requestFrame(id(index), "/never", false),
          times(15, () => frame(frameTypes.data, 0, id(index), Buffer.alloc(16_384))),
        ]),
      ),
    flowControlError,
  ],
  ["a frame of 16 MiB", () => frameClaiming(16_777_215, frameTypes.data, 0, 1), frameSizeError],
  [
    "a header block that is none",
    () => frame(frameTypes.headers, flags.endHeaders, 1, Buffer.alloc(100, 0xff)),
    compressionError,
  ],
  ["a push", () => frame(frameTypes.pushPromise, flags.endHeaders, 1, Buffer.alloc(4)), protocolError],
  [
    "DATA on a stream that was never opened",
    () => frame(frameTypes.data, 0, 5, Buffer.alloc(1)),
    protocolError,
  ],
];

describe("a peer that sends", () => {
  let served: Served;
  let honest: http2.ClientHttp2Session;

  beforeAll(async () => {
    served = await serve({ offenderWaitMs: 0 });
    honest = await nodeClient(served.port);
  });

  afterAll(async () => {
    await closeSession(honest);
    await served.stop();
  });

  it.each(attacks)("%s loses its connection, and nobody else does", async (_name, bytes, code) => {
    const attack = bytes();
    const peer = await FramePeer.greet(served.port);
    peer.send(attack);
    const calls = Array.from({ length: 50 }, () => nodeCall(honest, { path: "/bytes/1000" }));
    expect((await Promise.all(calls)).every(({ body }) => body.length === 1_000)).toBe(true);
    expect(await peer.goawayCode()).toBe(code);
    await peer.closed;
  });

  it("more and more after the end of its connection is cut off without a wait", async () => {
    const still = await serve({ clock: new ManualClock() });
    const peer = await FramePeer.greet(still.port);
    peer.socket.allowHalfOpen = true;
    peer.send(frame(frameTypes.pushPromise, flags.endHeaders, 1, Buffer.alloc(4)));
    await peer.nextOf(frameTypes.goaway);
    expect(still.wire.connections).toBe(1);
    peer.send(Buffer.alloc(200_000));
    await until(() => still.wire.connections === 0);
    peer.destroy();
    await still.stop();
  });

  it("many requests at once does not go before those who send one", async () => {
    const begun: string[] = [];
    const turns = await serve({
      onRequest: (stream, head, ended) => {
        begun.push(head.path);
        return answering(stream, head, ended);
      },
    });
    const [many, one] = [await FramePeer.greet(turns.port), await FramePeer.greet(turns.port)];
    many.send(times(120, (index) => requestFrame(id(index), "/empty")));
    one.send(requestFrame(1, "/bytes/1"));
    await Promise.all([many.nextOf(frameTypes.headers, id(119)), one.nextOf(frameTypes.headers, 1)]);
    expect(begun).toHaveLength(121);
    expect(begun.indexOf("/bytes/1")).toBeLessThan(100);
    for (const peer of [many, one]) peer.destroy();
    await turns.stop();
  });

  it("any of these leaves nothing behind", async () => {
    await nodeCall(honest, { path: "/bytes/1" });
    const before = await settledMemory();
    for (const [, bytes] of attacks) {
      const peer = await FramePeer.greet(served.port);
      peer.send(bytes());
      await peer.closed;
    }
    expect((await settledMemory()) - before).toBeLessThan(2 * MEBIBYTE);
    expect(served.wire.connections).toBe(1);
  });

  it("requests and never reads loses its connection before many answers wait", async () => {
    const long = new HpackEncoder(0).encode([
      { name: ":status", value: "200" },
      { name: "x-long", value: "a".repeat(8_000) },
    ]);
    const wordy = await serve({
      onRequest: (stream) => {
        stream.sendHeaders(long, true);
        return { data() {}, end() {}, drained() {}, closed() {} };
      },
    });
    const peer = await FramePeer.greet(wordy.port);
    peer.socket.pause();
    for (let index = 0; wordy.overs.length === 0; index += 50) {
      peer.send(times(50, (offset) => requestFrame(id(index + offset), "/")));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(wordy.overs).toMatchObject([{ code: enhanceYourCalm }]);
    peer.destroy();
    await wordy.stop();
  });

  it("opens no window holds no more than a piece of each body", async () => {
    const peer = await FramePeer.greet(served.port, closedWindow);
    const before = bytesMade();
    peer.send(times(50, (index) => requestFrame(id(index), "/bytes/100000000")));
    await peer.nextOf(frameTypes.headers, id(49));
    expect((await untilSteady(bytesMade)) - before).toBeLessThanOrEqual(50 * 65_536);
    peer.destroy();
  });

  it("opens no window and makes calls that were begun answer more than a connection may hold has one reset", async () => {
    const strict = await serve({ limits: { maxQueuedBytes: 40_000 } });
    const peer = await FramePeer.greet(strict.port, closedWindow);
    peer.send(times(4, (index) => requestFrame(id(index), "/echo", false)));
    peer.send(times(4, (index) => frame(frameTypes.data, 0, id(index), Buffer.alloc(16_384))));
    expect(await peer.nextOf(frameTypes.rstStream)).toMatchObject({ streamId: id(3) });
    expect(codeOf(await peer.nextOf(frameTypes.rstStream))).toBe(enhanceYourCalm);
    expect(strict.wire.queuedBytes).toBe(3 * 16_384);
    peer.destroy();
    await strict.stop();
  });

  it("does not take its answers has further requests refused, unserved, until it takes some", async () => {
    const begun: string[] = [];
    const strict = await serve({
      limits: { maxQueuedBytes: 2_000 },
      onRequest: (stream, head, ended) => {
        begun.push(head.path);
        return answering(stream, head, ended);
      },
    });
    const peer = await FramePeer.greet(strict.port, closedWindow);
    peer.send(requestFrame(1, "/bytes/1000"), requestFrame(3, "/bytes/1"));
    expect(codeOf(await peer.nextOf(frameTypes.rstStream, 3))).toBe(refusedStream);
    peer.send(windowUpdateFrame(1, 1), requestFrame(5, "/bytes/2"));
    await peer.nextOf(frameTypes.headers, 5);
    expect(begun).toEqual(["/bytes/1000", "/bytes/2"]);
    expect(strict.wire.queuedBytes).toBe(999 + 2);
    peer.destroy();
    await strict.stop();
  });

  it("is one of few that each wait for sixteen long answers through usual windows is refused nothing", async () => {
    const usual = await serve({ maxQueuedBytes: 33_554_432 });
    const peers = await Promise.all(Array.from({ length: 8 }, () => FramePeer.greet(usual.port)));
    for (const peer of peers) peer.send(times(16, (index) => requestFrame(id(index), "/bytes/65536")));
    await Promise.all(peers.map((peer) => peer.nextOf(frameTypes.headers, id(15))));
    for (const peer of peers) peer.send(requestFrame(id(16), "/empty"));
    await Promise.all(peers.map((peer) => peer.nextOf(frameTypes.headers, id(16))));
    expect(peers.map((peer) => peer.count(frameTypes.rstStream))).toEqual(peers.map(() => 0));
    for (const peer of peers) peer.destroy();
    await usual.stop();
  });

  it("opens no window, on many connections, makes the server hold no more than it may", async () => {
    const strict = await serve({ maxQueuedBytes: 100_000 });
    const [first, second] = [
      await FramePeer.greet(strict.port, closedWindow),
      await FramePeer.greet(strict.port, closedWindow),
    ];
    first.send(requestFrame(1, "/bytes/1000000"), requestFrame(3, "/bytes/1000000"));
    await first.nextOf(frameTypes.headers, 3);
    second.send(requestFrame(1, "/bytes/1000000"));
    expect((await second.nextOf(frameTypes.rstStream, 1)).payload.readUInt32BE()).toBe(enhanceYourCalm);
    first.destroy();
    await until(() => strict.wire.queuedBytes === 0);
    second.send(requestFrame(3, "/bytes/1000000"));
    await second.nextOf(frameTypes.headers, 3);
    expect(second.count(frameTypes.rstStream)).toBe(1);
    second.destroy();
    await strict.stop();
  });

  it("sends its frames byte by byte is served", async () => {
    const peer = await FramePeer.greet(served.port);
    for (const byte of Buffer.concat([
      requestFrame(1, "/echo", false),
      frame(0, flags.endStream, 1, Buffer.from("slow")),
    ])) {
      peer.send(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await peer.nextOf(frameTypes.data, 1)).payload.toString()).toBe("slow");
    peer.destroy();
  });

  it("pads every DATA frame gets its windows back", async () => {
    const peer = await FramePeer.greet(served.port);
    peer.send(requestFrame(1, "/echo", false));
    const padded = frame(
      frameTypes.data,
      flags.padded,
      1,
      Buffer.concat([Buffer.from([255, 7]), Buffer.alloc(255)]),
    );
    for (let sent = 0; sent < 2 * MEBIBYTE; sent += padded.length * 400) {
      const updates = peer.count(frameTypes.windowUpdate);
      peer.send(times(400, () => padded));
      await untilSteady(() => peer.count(frameTypes.data), 20);
      expect(peer.count(frameTypes.windowUpdate)).toBeGreaterThanOrEqual(updates);
    }
    peer.send(frame(frameTypes.data, flags.endStream, 1, EMPTY));
    await peer.next(({ type, flags: bits }) => type === frameTypes.data && bits === flags.endStream);
    expect(peer.count(frameTypes.rstStream)).toBe(0);
    peer.destroy();
  });

  it("opens a stream's window by nothing is told so, even when the stream has ended", async () => {
    const peer = await FramePeer.greet(served.port);
    peer.send(requestFrame(1, "/empty"));
    await peer.nextOf(frameTypes.headers, 1);
    peer.send(windowUpdateFrame(1, 0));
    expect((await peer.nextOf(frameTypes.rstStream, 1)).payload.readUInt32BE()).toBe(protocolError);
    peer.destroy();
  });

  it("sends a header list that is too large loses the stream only, with the DATA behind it", async () => {
    const peer = await FramePeer.greet(served.port);
    const block = Buffer.alloc(200, 0x82);
    peer.send(
      frame(frameTypes.headers, flags.endHeaders, 1, block),
      frame(frameTypes.data, flags.endStream, 1, Buffer.alloc(10)),
      requestFrame(3, "/empty"),
    );
    expect((await peer.nextOf(frameTypes.rstStream, 1)).payload.readUInt32BE()).toBe(enhanceYourCalm);
    await peer.nextOf(frameTypes.headers, 3);
    expect(peer.count(frameTypes.goaway)).toBe(0);
    peer.destroy();
  });
});
