import { type SeededRandom, seededRandom } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { flags, frameTypes } from "./constants.js";
import { ConnectionError } from "./errors.js";
import { FrameReader } from "./frame-reader.js";
import {
  frame,
  goawayFrame,
  headersFrames,
  pingFrame,
  rstStreamFrame,
  windowUpdateFrame,
} from "./frame-writer.js";

type Seen = [type: number, flags: number, streamId: number, payload: string];

function reader(maxFrameSize = 16_384) {
  const seen: Seen[] = [];
  const read = new FrameReader(maxFrameSize, (type, flags, streamId, bytes, start, end) => {
    seen.push([type, flags, streamId, bytes.toString("hex", start, end)]);
  });
  return { seen, read };
}

/** The frames as a socket might bring them, in chunks of at most `most` bytes. */
function* cutUp(frames: readonly Buffer[], random: SeededRandom, most: number): Iterable<Buffer> {
  for (let rest = Buffer.concat(frames); rest.length > 0; ) {
    const size = random.integer(1, random.integer(1, most));
    yield rest.subarray(0, size);
    rest = rest.subarray(size);
  }
}

/** Pieces of one frame put together; in what is compared no two frames have the same stream. */
function joined(seen: readonly Seen[]): Seen[] {
  const frames: Seen[] = [];
  for (const [type, flags, streamId, payload] of seen) {
    const last = frames.at(-1);
    if (last?.[2] !== streamId) frames.push([type, flags, streamId, payload]);
    else frames.splice(-1, 1, [type, flags, streamId, last[3] + payload]);
  }
  return frames;
}

describe("FrameReader", () => {
  it("finds the same frames however the bytes are cut", async () => {
    const random = seededRandom();
    await random.reporting(() => {
      const sent = Array.from({ length: 200 }, (_, index) =>
        frame(index % 10, index % 256, index, Buffer.alloc(random.integer(0, 400), index)),
      );
      const whole = reader();
      whole.read.push(Buffer.concat(sent));
      const cut = reader();
      for (const chunk of cutUp(sent, random, 600)) cut.read.push(chunk);
      expect(whole.seen).toHaveLength(200);
      expect(cut.seen).toEqual(whole.seen);
      expect(cut.read.heldBytes).toBe(0);
    });
  });

  it("passes on a long DATA frame in pieces that say what the whole says", async () => {
    const random = seededRandom();
    await random.reporting(() => {
      const sent = Array.from({ length: 30 }, (_, index) => {
        const isPadded = index % 5 === 0 ? 0x8 : 0;
        const payload = Buffer.alloc(random.integer(0, 16_384), index + 1);
        return frame(
          index % 7 === 6 ? frameTypes.ping : frameTypes.data,
          (index % 2) | isPadded,
          index,
          payload,
        );
      });
      const whole = reader();
      whole.read.push(Buffer.concat(sent));
      const cut = reader();
      for (const chunk of cutUp(sent, random, 20_000)) cut.read.push(chunk);
      expect(cut.seen.length).toBeGreaterThan(whole.seen.length);
      expect(joined(cut.seen)).toEqual(whole.seen);
      expect(cut.read.heldBytes).toBe(0);
    });
  });

  it("keeps nothing of a long DATA frame, and ends the stream with its last byte only", () => {
    const { seen, read } = reader();
    const bytes = frame(frameTypes.data, flags.endStream, 1, Buffer.alloc(5_000, 1));
    read.push(bytes.subarray(0, 3_009));
    expect(read.heldBytes).toBe(0);
    read.push(bytes.subarray(3_009, 3_010));
    read.push(bytes.subarray(3_010));
    expect(seen.map(([, its, , payload]) => [its, payload.length / 2])).toEqual([
      [0, 3_000],
      [0, 1],
      [flags.endStream, 1_999],
    ]);
  });

  it("ends the connection at a frame that is too long, before its payload has come", () => {
    const { read } = reader(16_384);
    expect(() => read.push(frame(0, 0, 1, Buffer.alloc(16_385)).subarray(0, 9))).toThrow(ConnectionError);
  });

  it("ignores the reserved bit of the stream id", () => {
    const { seen, read } = reader();
    const bytes = frame(frameTypes.ping, 0, 5, Buffer.alloc(8));
    bytes[5] = 0x80;
    read.push(bytes);
    expect(seen[0]?.[2]).toBe(5);
  });
});

describe("frame writers", () => {
  it("cut a long header block into continuations", () => {
    const { seen, read } = reader();
    read.push(headersFrames(3, Buffer.alloc(40_000, 7), true, 16_384));
    expect(seen.map(([type, flags, , payload]) => [type, flags, payload.length / 2])).toEqual([
      [frameTypes.headers, 0x1, 16_384],
      [frameTypes.continuation, 0, 16_384],
      [frameTypes.continuation, 0x4, 7_232],
    ]);
  });

  it.each([
    [
      "PING",
      pingFrame(Buffer.from("0102030405060708", "hex"), true),
      "000008060100000000" + "0102030405060708",
    ],
    ["RST_STREAM", rstStreamFrame(7, 8), "000004030000000007" + "00000008"],
    ["WINDOW_UPDATE", windowUpdateFrame(0, 65_535), "000004080000000000" + "0000ffff"],
    ["GOAWAY", goawayFrame(2 ** 31 - 1, 11, "hi"), "00000a070000000000" + "7fffffff0000000b6869"],
  ])("write %s by the book", (_name, bytes, expected) => {
    expect(bytes.toString("hex")).toBe(expected);
  });
});
