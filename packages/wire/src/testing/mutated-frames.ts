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
/** How often a frame is damaged, or sent where it does not belong: seldom enough that connections get old. */
const FAULT_SHARE = 0.005;
/** Streams that a server answers at most before the client must have opened more. */
const MAX_OPEN = 20;

/** Frames of a client, or of a server, in an order that is mostly right, damaged now and then. */
export class MutatedFrames {
  readonly #random: SeededRandom;
  readonly #isClient: boolean;
  readonly #encoder = new HpackEncoder(4_096);
  /** Streams whose half of ours is open. */
  readonly #open = new Set<number>();
  #lastStreamId = -1;

  constructor(random: SeededRandom, isClient: boolean) {
    this.#random = random;
    this.#isClient = isClient;
  }

  /** The next frame, or the few of a long header block. */
  next(): Buffer {
    const bytes = this.#frame();
    return this.#isFault() ? this.#damaged(bytes) : bytes;
  }

  #frame(): Buffer {
    const random = this.#random;
    if (this.#open.size === 0) return this.#head();
    const make = random.pick([
      () => this.#head(),
      () => this.#head(),
      () => this.#data(),
      () => this.#data(),
      () => this.#data(),
      () => this.#trailers(),
      () => windowUpdateFrame(random.pick([0, this.#streamId()]), random.integer(1, 100_000)),
      () => this.#reset(),
      () => this.#settings(),
      () => pingFrame(Buffer.alloc(8), random.next() < 0.5),
      () => frame(frameTypes.priority, 0, this.#streamId(), Buffer.from([0, 0, 1, 0, 7])),
      () =>
        frame(
          random.integer(10, 255),
          random.integer(0, 255),
          random.integer(0, 9),
          Buffer.alloc(random.integer(0, 20)),
        ),
    ]);
    return this.#isFault() && this.#isFault() ? goawayFrame(this.#streamId()) : make();
  }

  #head(): Buffer {
    if (!this.#isClient && this.#open.size >= MAX_OPEN) return this.#trailers();
    this.#lastStreamId += 2;
    const endStream = this.#random.next() < 0.3;
    if (!endStream) this.#open.add(this.#lastStreamId);
    return this.#headers(this.#lastStreamId, [...this.#start(), ...this.#fields()], endStream);
  }

  #trailers(): Buffer {
    const streamId = this.#streamId();
    this.#open.delete(streamId);
    return this.#headers(streamId, this.#fields(), !this.#isFault());
  }

  #headers(streamId: number, fields: readonly EncodedField[], endStream: boolean): Buffer {
    return headersFrames(
      streamId,
      this.#encoder.encode(fields),
      endStream,
      this.#random.pick([MAX_FRAME_SIZE, 40]),
    );
  }

  #start(): EncodedField[] {
    const random = this.#random;
    if (!this.#isClient) return [{ name: ":status", value: random.pick(["200", "204", "103", "500", "20"]) }];
    return [
      { name: ":method", value: random.pick(["GET", "POST"]) },
      { name: ":scheme", value: "http" },
      { name: ":path", value: random.pick(paths) },
    ];
  }

  #fields(): EncodedField[] {
    const random = this.#random;
    return Array.from({ length: random.integer(0, 4) }, () => ({
      name: random.pick([
        "x-a",
        "x-b",
        "te",
        "cookie",
        this.#isFault() ? "X-Bad" : "x-c",
        this.#isFault() ? "content-length" : "x-d",
      ]),
      value: random.pick(["trailers", "5", this.#isFault() ? "\0" : "", "a".repeat(random.integer(0, 40))]),
      representation: random.pick(representations),
    }));
  }

  #data(): Buffer {
    const random = this.#random;
    const streamId = this.#streamId();
    const padding = random.next() < 0.2 ? random.integer(0, 100) : undefined;
    const content = Buffer.alloc(random.pick([0, 1, 10, random.integer(0, 2_000)]), random.integer(0, 255));
    const payload =
      padding === undefined
        ? content
        : Buffer.concat([Buffer.from([padding]), content, Buffer.alloc(padding)]);
    const endStream = random.next() < 0.1;
    if (endStream) this.#open.delete(streamId);
    return frame(
      frameTypes.data,
      (endStream ? flags.endStream : 0) | (padding === undefined ? 0 : flags.padded),
      streamId,
      payload,
    );
  }

  #reset(): Buffer {
    const streamId = this.#streamId();
    this.#open.delete(streamId);
    return rstStreamFrame(streamId, this.#random.integer(0, 13));
  }

  #settings(): Buffer {
    const random = this.#random;
    const [id, most] = random.pick([
      [settingIds.headerTableSize, 5_000],
      [settingIds.initialWindowSize, 200_000],
      [settingIds.maxHeaderListSize, 70_000],
      [0x99, 70_000],
      [this.#isFault() ? settingIds.maxFrameSize : settingIds.maxConcurrentStreams, 100],
    ] as const);
    return settingsFrame(new Map([[id, random.integer(0, most)]]));
  }

  #streamId(): number {
    if (this.#isFault() || this.#open.size === 0) return this.#random.integer(1, this.#lastStreamId + 4);
    return this.#random.pick([...this.#open]);
  }

  #isFault(): boolean {
    return this.#random.next() < FAULT_SHARE;
  }

  #damaged(bytes: Buffer): Buffer {
    const random = this.#random;
    const damaged = Buffer.from(bytes);
    for (let count = random.integer(1, 3); count > 0; count -= 1)
      damaged[random.integer(0, Math.min(bytes.length, FRAME_HEADER_BYTES * 4) - 1)] = random.integer(0, 255);
    return random.next() < 0.1 ? damaged.subarray(0, random.integer(0, damaged.length)) : damaged;
  }
}
