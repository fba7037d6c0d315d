import type { Stream } from "../connection/stream.js";
import { FRAME_HEADER_BYTES, flags, frameTypes } from "../frames/constants.js";
import { frame } from "../frames/frame-writer.js";

const EMPTY = Buffer.alloc(0);
/** Where a frame's header has its length and its stream id. */
const LENGTH_AT = 0;
const STREAM_AT = 5;

/**
 * An answer of head, one piece of body and trailers, whose head and trailers are always the same: made once, then for each answer copied
 * into one buffer around its body, and sent by one call where windows and socket allow.
 */
export class UnaryAnswer {
  readonly #head: Buffer;
  readonly #trailers: Buffer;
  /** HEADERS and the header of DATA. */
  readonly #before: Buffer;
  /** HEADERS that end the stream. */
  readonly #after: Buffer;

  /** Both header blocks come from an `HpackEncoder(0)` and are at most 16,384 bytes long. */
  constructor(head: Buffer, trailers: Buffer) {
    this.#head = head;
    this.#trailers = trailers;
    this.#before = Buffer.concat([
      frame(frameTypes.headers, flags.endHeaders, 0, head),
      frame(frameTypes.data, 0, 0, EMPTY),
    ]);
    this.#after = frame(frameTypes.headers, flags.endHeaders | flags.endStream, 0, trailers);
  }

  /** Where in the buffer of `allocate` the body begins. */
  get bodyAt(): number {
    return this.#before.length;
  }

  /** The whole answer with room for a body of `length` bytes, which the caller writes at `bodyAt`. */
  allocate(stream: Stream, length: number): Buffer {
    const bodyAt = this.#before.length;
    const frames = Buffer.allocUnsafe(bodyAt + length + this.#after.length);
    frames.set(this.#before, 0);
    frames.set(this.#after, bodyAt + length);
    const dataAt = bodyAt - FRAME_HEADER_BYTES;
    frames.writeUIntBE(length, dataAt + LENGTH_AT, 3);
    frames.writeUInt32BE(stream.id, STREAM_AT);
    frames.writeUInt32BE(stream.id, dataAt + STREAM_AT);
    frames.writeUInt32BE(stream.id, bodyAt + length + STREAM_AT);
    return frames;
  }

  /** Sends what `allocate` made, with its body. The stream must not have sent anything yet. */
  send(stream: Stream, frames: Buffer): void {
    const bodyEnd = frames.length - this.#after.length;
    if (stream.sendWhole(frames, bodyEnd - this.bodyAt)) return;
    stream.sendHeaders(this.#head, false);
    stream.sendData(frames.subarray(this.bodyAt, bodyEnd), false);
    stream.sendTrailers(this.#trailers);
  }
}
