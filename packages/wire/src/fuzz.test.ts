import { ManualClock, type SeededRandom, seededRandom } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { WireConnection } from "./client/wire-connection.js";
import { errorCodes, PREFACE } from "./frames/constants.js";
import { ConnectionError } from "./frames/errors.js";
import { settingsAck, settingsFrame } from "./frames/frame-writer.js";
import { HpackDecoder } from "./hpack/decoder.js";
import { HpackError } from "./hpack/errors.js";
import { WireServer } from "./server/wire-server.js";
import { answering } from "./testing/answering.js";
import { MemorySocket } from "./testing/memory-socket.js";
import { MutatedFrames } from "./testing/mutated-frames.js";
import { settledMemory } from "./testing/settled-memory.js";
import { openWire } from "./testing/wire-client.js";

/** How many frames each end gets, and how many header blocks the decoder; CHARTER_FUZZ_FRAMES makes it more. */
const FRAMES = Number(process.env.CHARTER_FUZZ_FRAMES ?? 10_000);
const FRAMES_OF_CONNECTION = 1_000;
const REQUESTS_AT_ONCE = 30;
const MEBIBYTE = 1_048_576;
const greeting = Buffer.concat([settingsFrame(new Map()), settingsAck]);
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Gives frames to a socket, cut anywhere, until there are enough or the connection is over. Answers how many. */
async function feed(
  socket: MemorySocket,
  frames: MutatedFrames,
  random: SeededRandom,
  before: () => void = () => {},
): Promise<number> {
  let count = 0;
  let rest: Buffer = Buffer.alloc(0);
  while (count < FRAMES_OF_CONNECTION && !socket.writableEnded) {
    for (let left = random.integer(1, 20); left > 0; left -= 1, count += 1)
      rest = Buffer.concat([rest, frames.next()]);
    before();
    const cut = random.next() < 0.5 ? rest.length : random.integer(0, rest.length);
    socket.push(rest.subarray(0, cut));
    rest = rest.subarray(cut);
    await turn();
  }
  socket.destroy();
  await turn();
  return count;
}

/** Runs until enough frames were given; answers how memory grew, and what no frame may cause. */
async function fuzz(
  one: () => Promise<number>,
  faults: readonly unknown[],
): Promise<{ grewBytes: number; faults: readonly unknown[] }> {
  for (let count = 0; count < 2_000; ) count += await one();
  const before = await settledMemory();
  for (let count = 0; count < FRAMES; ) count += await one();
  return { grewBytes: (await settledMemory()) - before, faults };
}

/** Errors that are ours, not the peer's. */
const isFault = (error: Error | undefined): boolean =>
  error !== undefined && !(error instanceof ConnectionError && error.code !== errorCodes.internalError);

describe("mutated frames", () => {
  it("make the server end connections, and nothing else", async () => {
    const random = seededRandom();
    await random.reporting(async () => {
      const faults: unknown[] = [];
      const note = (error: Error | undefined) => isFault(error) && faults.push(error);
      const wire = new WireServer({ onRequest: answering, onConnectionOver: note, clock: new ManualClock() });
      const one = () => {
        const socket = new MemorySocket();
        wire.accept(socket);
        socket.push(Buffer.concat([PREFACE, greeting]));
        return feed(socket, new MutatedFrames(random, true), random);
      };
      const result = await fuzz(one, faults);
      expect(result.faults).toEqual([]);
      expect(result.grewBytes).toBeLessThan(2 * MEBIBYTE);
      expect([wire.connections, wire.queuedBytes]).toEqual([0, 0]);
    });
  }, 3_600_000);

  it("make a client end connections, and nothing else", async () => {
    const random = seededRandom();
    await random.reporting(async () => {
      const faults: unknown[] = [];
      const note = (error: Error | undefined) => isFault(error) && faults.push(error);
      const one = async () => {
        const socket = new MemorySocket();
        const connection = new WireConnection(socket, { onOver: note, clock: new ManualClock() });
        socket.push(greeting);
        const open = () => {
          for (let left = REQUESTS_AT_ONCE - connection.openStreams; left > 0; left -= 1)
            openWire(connection, { path: "/", body: [Buffer.alloc(random.integer(0, 10_000))] });
        };
        const count = await feed(socket, new MutatedFrames(random, false), random, open);
        await connection.close();
        return count;
      };
      const result = await fuzz(one, faults);
      expect(result.faults).toEqual([]);
      expect(result.grewBytes).toBeLessThan(2 * MEBIBYTE);
    });
  }, 3_600_000);
});

describe("mutated header blocks", () => {
  it("are decoded or refused, in bounded memory", async () => {
    const random = seededRandom();
    await random.reporting(async () => {
      const make = () => new HpackDecoder({ maxTableSize: 4_096, maxListSize: 16_384, maxFields: 100 });
      let decoder = make();
      const outcomes = { decoded: 0, refused: 0, faults: [] as unknown[] };
      for (let count = 0; count < FRAMES; count += 1) {
        const bytes = Buffer.from(
          Array.from({ length: random.integer(0, 60) }, () => random.integer(0, 255)),
        );
        const outcome = decodeOne(decoder, bytes);
        if (outcome === "decoded") outcomes.decoded += 1;
        else if (outcome instanceof HpackError) outcomes.refused += 1;
        else outcomes.faults.push(outcome);
        if (outcome !== "decoded") decoder = make();
      }
      expect(outcomes.faults).toEqual([]);
      expect(Math.min(outcomes.decoded, outcomes.refused)).toBeGreaterThan(FRAMES / 1_000);
    });
  }, 3_600_000);
});

function decodeOne(decoder: HpackDecoder, bytes: Buffer): unknown {
  try {
    decoder.decode(bytes, 0, bytes.length);
    return "decoded";
  } catch (error) {
    return error;
  }
}
