import type { SeededRandom } from "@charter/testing";
import { FRAME_HEADER_BYTES, flags, frameTypes, settingIds } from "../frames/constants.js";
import {
  frame,
  goawayFrame,
  headersFrames,
  pingFrame,
  rstStreamFrame,
  settingsFrame,
  windowUpdateFrame,
} from "../frames/frame-writer.js";
import { type EncodedField, HpackEncoder, type Representation } from "../hpack/encoder.js";

const representations: readonly Representation[] = ["index", "literal", "never"];
const paths = ["/echo", "/bytes/100", "/bytes/200000", "/early", "/empty", "/never"];
const MAX_FRAME_SIZE = 16_384;

/** Frames that begin as those of a client, or of a server, and are then damaged now and then. */
export class MutatedFrames {
  readonly #random: SeededRandom;
  readonly #isClient: boolean;
  readonly #encoder = new HpackEncoder(4_096);
  #lastStreamId = 1;

  constructor(random: SeededRandom, isClient: boolean) {
    this.#random = random;
    this.#isClient = isClient;
  }

  /** The next frame, or the few of a long header block. */
  next(): Buffer {
    const bytes = this.#frame();
    return this.#random.next() < 0.05 ? this.#damaged(bytes) : bytes;
  }

  #frame(): Buffer {
    const random = this.#random;
    const make = random.pick([
      () => this.#headers(),
      () => this.#headers(),
      () => this.#data(),
      () => this.#data(),
      () => windowUpdateFrame(random.pick([0, this.#streamId()]), random.integer(1, 100_000)),
      () => rstStreamFrame(this.#streamId(), random.integer(0, 13)),
      () => settingsFrame(new Map([[random.integer(1, 8), random.integer(0, 70_000)]])),
      () => settingsFrame(new Map([[settingIds.headerTableSize, random.integer(0, 5_000)]])),
      () => pingFrame(Buffer.alloc(8), random.next() < 0.5),
      () => frame(frameTypes.priority, 0, this.#streamId(), Buffer.alloc(5)),
      () =>
        frame(
          random.integer(10, 255),
          random.integer(0, 255),
          this.#streamId(),
          Buffer.alloc(random.integer(0, 20)),
        ),
    ]);
    return random.next() < 0.001 ? goawayFrame(this.#streamId()) : make();
  }

  #headers(): Buffer {
    const isNew = this.#isClient && this.#random.next() < 0.7;
    if (isNew) this.#lastStreamId += 2;
    const streamId = isNew ? this.#lastStreamId : this.#streamId();
    const block = this.#encoder.encode(this.#fields());
    const endStream = this.#random.next() < 0.5;
    return headersFrames(streamId, block, endStream, this.#random.pick([MAX_FRAME_SIZE, 16]));
  }

  #fields(): EncodedField[] {
    const random = this.#random;
    const start: EncodedField[] = this.#isClient
      ? [
          { name: ":method", value: random.pick(["GET", "POST"]) },
          { name: ":scheme", value: "http" },
          { name: ":path", value: random.pick(paths) },
        ]
      : [{ name: ":status", value: random.pick(["200", "204", "103", "500", "20"]) }];
    const more = Array.from({ length: random.integer(0, 5) }, () => ({
      name: random.pick(["x-a", "content-length", "te", "cookie", "X-Bad", "connection"]),
      value: random.pick(["trailers", "5", "\0", "a".repeat(random.integer(0, 300))]),
      representation: random.pick(representations),
    }));
    return random.next() < 0.5 ? start : [...start, ...more];
  }

  #data(): Buffer {
    const random = this.#random;
    const payload = Buffer.alloc(random.pick([0, 1, 10, random.integer(0, 2_000)]), random.integer(0, 255));
    return frame(frameTypes.data, random.pick([0, flags.endStream, flags.padded]), this.#streamId(), payload);
  }

  #streamId(): number {
    const back = this.#random.pick([0, 0, 2, 4, 20]);
    return Math.max(1, this.#lastStreamId - back);
  }

  #damaged(bytes: Buffer): Buffer {
    const random = this.#random;
    const damaged = Buffer.from(bytes);
    for (let count = random.integer(1, 3); count > 0; count -= 1)
      damaged[random.integer(0, Math.min(bytes.length, FRAME_HEADER_BYTES * 4) - 1)] = random.integer(0, 255);
    return random.next() < 0.1 ? damaged.subarray(0, random.integer(0, damaged.length)) : damaged;
  }
}
