import { describe, expect, it } from "@jest/globals";
import { flags, frameTypes } from "../frames/constants.js";
import { HpackEncoder } from "../hpack/encoder.js";
import { FramePeer, requestFrame } from "../testing/frame-peer.js";
import { closeSession, nodeCall, nodeClient } from "../testing/node-client.js";
import { pattern } from "../testing/pattern.js";
import { serve } from "../testing/serve.js";
import type { RequestHandler } from "./server-connection.js";
import { UnaryAnswer } from "./unary-answer.js";

const encoder = new HpackEncoder(0);
const answer = new UnaryAnswer(
  encoder.encode([{ name: ":status", value: "200" }]),
  encoder.encode([{ name: "grpc-status", value: "0" }]),
);

/** Answers /<length> with so many bytes. */
const answerLength: RequestHandler = (stream, { path }) => {
  const length = Number(path.slice(1));
  const frames = answer.allocate(stream, length);
  frames.set(pattern(length), answer.bodyAt);
  answer.send(stream, frames);
  return { data() {}, end() {}, drained() {}, closed() {} };
};

describe("UnaryAnswer", () => {
  it.each([
    ["in one frame", {}, [0, 1, 73, 16_384]],
    ["in several frames", {}, [16_385, 70_000, 1_000_000]],
    ["as a small window allows", { initialWindowSize: 100 }, [73, 101, 5_000]],
    ["after it has announced a smaller table", { headerTableSize: 0 }, [5, 6]],
  ])("reaches the client whole, %s", async (_how, settings, lengths) => {
    const served = await serve({ onRequest: answerLength });
    const session = await nodeClient(served.port, settings);
    for (const length of lengths) {
      const { headers, body, trailers } = await nodeCall(session, { path: `/${length}` });
      expect([headers[":status"], trailers["grpc-status"]]).toEqual([200, "0"]);
      expect(body.equals(pattern(length))).toBe(true);
    }
    await closeSession(session);
    await served.stop();
  });
});

describe("pieces of a body", () => {
  it("reach the client in one body", async () => {
    const pieces = [pattern(5), pattern(20_000, 5), pattern(7, 20_005), pattern(20_000, 20_012)];
    const served = await serve({
      onRequest(stream) {
        stream.sendHeaders(encoder.encode([{ name: ":status", value: "200" }]), false);
        stream.sendPieces(pieces, true);
        return { data() {}, end() {}, drained() {}, closed() {} };
      },
    });
    const peer = await FramePeer.greet(served.port);
    peer.send(requestFrame(1, "/"));
    await peer.next(({ type, flags: its }) => type === frameTypes.data && its === flags.endStream);
    const sent = peer.seen.filter(({ type }) => type === frameTypes.data);
    expect(Buffer.concat(sent.map(({ payload }) => payload)).equals(pattern(40_012))).toBe(true);
    expect(served.overs).toEqual([]);
    peer.destroy();
    await served.stop();
  });
});
