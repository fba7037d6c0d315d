import { errorCodes, FRAME_HEADER_BYTES } from "./constants.js";
import { ConnectionError } from "./errors.js";

/** Takes a whole frame: its payload is `bytes` from `start` to `end`, valid only during the call. */
export type FrameSink = (
  type: number,
  flags: number,
  streamId: number,
  bytes: Buffer,
  start: number,
  end: number,
) => void;

/**
 * Cuts what arrives into frames. Frames that lie whole in a chunk, nearly all of them, are passed on without copying; one that does not is
 * collected in a buffer of its size, so that a peer that sends byte by byte costs no more than one frame.
 */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #maxFrameSize: number;
  /** Room for the frame that is not whole yet: at first for its header, then for all of it. */
  #partial: Buffer = Buffer.alloc(0);
  #held = 0;
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
    let at = this.#held > 0 ? this.#completePartial(chunk) : 0;
    while (chunk.length - at >= FRAME_HEADER_BYTES) {
      if (this.#stopped) return chunk.subarray(at);
      const end = at + FRAME_HEADER_BYTES + this.#payloadLength(chunk, at);
      if (end > chunk.length) break;
      this.#pass(chunk, at, end);
      at = end;
    }
    if (at < chunk.length) this.#keep(chunk, at);
    return undefined;
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
    const streamId =
      (((bytes[at + 5] as number) & 0x7f) << 24) |
      ((bytes[at + 6] as number) << 16) |
      ((bytes[at + 7] as number) << 8) |
      (bytes[at + 8] as number);
    const start = at + FRAME_HEADER_BYTES;
    this.#sink(bytes[at + 3] as number, bytes[at + 4] as number, streamId, bytes, start, end);
  }
}
