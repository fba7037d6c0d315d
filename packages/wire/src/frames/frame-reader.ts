import { errorCodes, FRAME_HEADER_BYTES, flags as flagBits, frameTypes } from "./constants.js";
import { ConnectionError } from "./errors.js";

/** Of a DATA frame that is not whole, what has come is passed on where it is at least so much; less is kept, for a piece costs as much as a frame. */
const MIN_PIECE_BYTES = 1_024;

/** Takes a whole frame: its payload is `bytes` from `start` to `end`, valid only during the call. */
export type FrameSink = (
  type: number,
  flags: number,
  streamId: number,
  bytes: Buffer,
  start: number,
  end: number,
) => void;

/** A DATA frame of which a part was passed on. */
interface Cut {
  readonly flags: number;
  readonly streamId: number;
  /** Bytes that are still to come. */
  rest: number;
}

/**
 * Cuts what arrives into frames. Frames that lie whole in a chunk, nearly all of them, are passed on without copying; one that does not is
 * collected in a buffer of its size, so that a peer that sends byte by byte costs no more than one frame. But a long DATA frame is passed on in
 * pieces, as if the peer had sent several, for where one ends means nothing.
 */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #maxFrameSize: number;
  /** Room for the frame that is not whole yet: at first for its header, then for all of it. */
  #partial: Buffer = Buffer.alloc(0);
  #held = 0;
  #cut: Cut | undefined;
  #stopped = false;

  /** @param maxFrameSize What our SETTINGS_MAX_FRAME_SIZE says; a longer payload ends the connection. */
  constructor(maxFrameSize: number, sink: FrameSink) {
    this.#maxFrameSize = maxFrameSize;
    this.#sink = sink;
  }

  /** Bytes that wait for the rest of their frame. */
  get heldBytes(): number {
    return this.#held;
  }

  /** For the sink: no more of this chunk. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Takes what arrived; what is left of it when the sink stopped it, else undefined. Throws ConnectionError for a frame that is too long, and
   * whatever the sink throws.
   */
  push(chunk: Buffer): Buffer | undefined {
    this.#stopped = false;
    let at = this.#beginChunk(chunk);
    while (chunk.length - at >= FRAME_HEADER_BYTES) {
      if (this.#stopped) return chunk.subarray(at);
      const end = at + FRAME_HEADER_BYTES + this.#payloadLength(chunk, at);
      if (end > chunk.length) break;
      this.#pass(chunk, at, end);
      at = end;
    }
    if (at < chunk.length && !this.#passBeginning(chunk, at)) this.#keep(chunk, at);
    return undefined;
  }

  /** Goes on with the frame that the last chunk began. Answers how many bytes of the chunk that took. */
  #beginChunk(chunk: Buffer): number {
    if (this.#held > 0) return this.#completePartial(chunk);
    return this.#cut ? this.#passRest(chunk, this.#cut) : 0;
  }

  /** Passes on what has come of a long DATA frame without padding; false for what is none. */
  #passBeginning(chunk: Buffer, at: number): boolean {
    const flags = chunk[at + 4] as number;
    const start = at + FRAME_HEADER_BYTES;
    if (chunk.length - start < MIN_PIECE_BYTES || chunk[at + 3] !== frameTypes.data) return false;
    if ((flags & flagBits.padded) !== 0) return false;
    const streamId = streamIdOf(chunk, at);
    this.#cut = { flags, streamId, rest: start + this.#payloadLength(chunk, at) - chunk.length };
    this.#sink(frameTypes.data, flags & ~flagBits.endStream, streamId, chunk, start, chunk.length);
    return true;
  }

  #passRest(chunk: Buffer, cut: Cut): number {
    const end = Math.min(cut.rest, chunk.length);
    cut.rest -= end;
    const isLast = cut.rest === 0;
    if (isLast) this.#cut = undefined;
    this.#sink(
      frameTypes.data,
      isLast ? cut.flags : cut.flags & ~flagBits.endStream,
      cut.streamId,
      chunk,
      0,
      end,
    );
    return end;
  }

  /** Adds to the frame that is not whole yet, and passes it on when it is. Answers how many bytes of the chunk that took. */
  #completePartial(chunk: Buffer): number {
    let at = this.#fill(chunk, 0);
    if (this.#held === FRAME_HEADER_BYTES && this.#partial.length === FRAME_HEADER_BYTES) {
      this.#makeRoom(this.#partial, 0);
      at = this.#fill(chunk, at);
    }
    if (this.#held < this.#partial.length) return at;
    const frame = this.#partial;
    this.#held = 0;
    this.#partial = Buffer.alloc(0);
    this.#pass(frame, 0, frame.length);
    return at;
  }

  #fill(chunk: Buffer, from: number): number {
    const copied = chunk.copy(this.#partial, this.#held, from);
    this.#held += copied;
    return from + copied;
  }

  /** A copy, so that a few bytes do not keep a whole chunk of the socket alive. */
  #keep(chunk: Buffer, from: number): void {
    if (chunk.length - from >= FRAME_HEADER_BYTES) this.#makeRoom(chunk, from);
    else this.#partial = Buffer.allocUnsafe(FRAME_HEADER_BYTES);
    this.#held = chunk.copy(this.#partial, 0, from);
  }

  #makeRoom(bytes: Buffer, at: number): void {
    const whole = Buffer.allocUnsafe(FRAME_HEADER_BYTES + this.#payloadLength(bytes, at));
    bytes.copy(whole, 0, at, at + FRAME_HEADER_BYTES);
    this.#partial = whole;
  }

  #payloadLength(bytes: Buffer, at: number): number {
    const length =
      ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
    if (length > this.#maxFrameSize)
      throw new ConnectionError(errorCodes.frameSizeError, "frame is longer than allowed");
    return length;
  }

  #pass(bytes: Buffer, at: number, end: number): void {
    const start = at + FRAME_HEADER_BYTES;
    this.#sink(bytes[at + 3] as number, bytes[at + 4] as number, streamIdOf(bytes, at), bytes, start, end);
  }
}

function streamIdOf(bytes: Buffer, at: number): number {
  return (
    (((bytes[at + 5] as number) & 0x7f) << 24) |
    ((bytes[at + 6] as number) << 16) |
    ((bytes[at + 7] as number) << 8) |
    (bytes[at + 8] as number)
  );
}
