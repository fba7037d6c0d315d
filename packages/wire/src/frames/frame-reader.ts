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
 * Cuts what arrives into frames. Frames that lie whole in a chunk, nearly all of them, are passed on without copying; the pieces of one that
 * does not are joined once, when its last byte has come, so that a peer that sends byte by byte costs no more than its bytes.
 */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #maxFrameSize: number;
  /** Pieces of a frame that is not whole yet. */
  #pieces: Buffer[] = [];
  #held = 0;
  /** Bytes until the pieces are worth joining: a header, then the whole frame. */
  #needed = FRAME_HEADER_BYTES;

  /** @param maxFrameSize What our SETTINGS_MAX_FRAME_SIZE says; a longer payload ends the connection. */
  constructor(maxFrameSize: number, sink: FrameSink) {
    this.#maxFrameSize = maxFrameSize;
    this.#sink = sink;
  }

  /** Bytes that wait for the rest of their frame. */
  get heldBytes(): number {
    return this.#held;
  }

  /** Takes what arrived. Throws ConnectionError for a frame that is too long, and whatever the sink throws. */
  push(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#held > 0) {
      this.#pieces.push(chunk);
      this.#held += chunk.length;
      if (this.#held < this.#needed) return;
      bytes = Buffer.concat(this.#pieces, this.#held);
      this.#pieces = [];
      this.#held = 0;
    }
    this.#hold(bytes, this.#readFrames(bytes));
  }

  /** Passes on all whole frames; answers where the first that is not whole begins. */
  #readFrames(bytes: Buffer): number {
    let at = 0;
    while (bytes.length - at >= FRAME_HEADER_BYTES) {
      const length = bytes.readUIntBE(at, 3);
      if (length > this.#maxFrameSize)
        throw new ConnectionError(errorCodes.frameSizeError, "frame is longer than allowed");
      const start = at + FRAME_HEADER_BYTES;
      const end = start + length;
      if (end > bytes.length) break;
      at = end;
      this.#sink(
        bytes[start - 6] as number,
        bytes[start - 5] as number,
        bytes.readUInt32BE(start - 4) & 0x7fff_ffff,
        bytes,
        start,
        end,
      );
    }
    return at;
  }

  #hold(bytes: Buffer, from: number): void {
    const rest = bytes.length - from;
    if (rest === 0) return;
    // A copy, so that a few bytes do not keep a whole chunk of the socket alive.
    this.#pieces.push(rest < bytes.length ? Buffer.from(bytes.subarray(from)) : bytes);
    this.#held = rest;
    this.#needed = FRAME_HEADER_BYTES + (rest >= FRAME_HEADER_BYTES ? bytes.readUIntBE(from, 3) : 0);
  }
}
