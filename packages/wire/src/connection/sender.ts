import {
  errorCodes,
  FRAME_HEADER_BYTES,
  flags,
  frameTypes,
  initialSettings,
  MAX_WINDOW,
} from "../frames/constants.js";
import { ConnectionError, StreamError } from "../frames/errors.js";
import { headersFrames, writeFrameHeader } from "../frames/frame-writer.js";
import { Backlog } from "./backlog.js";
import type { ByteCount } from "./byte-count.js";
import type { Connection } from "./connection.js";
import type { Stream } from "./stream.js";

/** Below this a payload is copied behind its frame header; above it both are sent as they are. */
const MAX_COPIED_PAYLOAD = 4_096;
const EMPTY = Buffer.alloc(0);

/** Sends what streams want to send as far as the peer's windows and the socket allow, and lets waiting streams go on in turn. */
export class Sender {
  readonly #connection: Connection;
  /** Streams with payload that waits, the next to go on first. */
  readonly #waiting = new Set<Stream>();
  #window: number = initialSettings.initialWindowSize;
  /** The payload that waits on all streams. */
  readonly backlog: Backlog;

  constructor(connection: Connection, queuedOnAll: ByteCount | undefined) {
    this.#connection = connection;
    this.backlog = new Backlog(connection.limits, queuedOnAll, connection.now);
  }

  /** Streams that wait; the oldest wait tells whether the peer has stalled. */
  get waiting(): Iterable<Stream> {
    return this.#waiting;
  }

  headers(stream: Stream, block: Buffer, endStream: boolean): void {
    this.#pushHeaders(stream, block, endStream);
    if (endStream) this.#connection.localEnd(stream);
  }

  /** Sends a head with its whole body: in one piece where they are small and may go now. */
  request(stream: Stream, block: Buffer, body: Buffer): void {
    if (!this.#mayJoin(stream, block, body)) {
      this.#pushHeaders(stream, block, false);
      this.data(stream, body, true);
      return;
    }
    const frames = Buffer.allocUnsafe(2 * FRAME_HEADER_BYTES + block.length + body.length);
    const blockAt = writeFrameHeader(
      frames,
      0,
      block.length,
      frameTypes.headers,
      flags.endHeaders,
      stream.id,
    );
    frames.set(block, blockAt);
    const dataAt = blockAt + block.length;
    const bodyAt = writeFrameHeader(frames, dataAt, body.length, frameTypes.data, flags.endStream, stream.id);
    frames.set(body, bodyAt);
    this.#connection.outbox.push(frames);
    this.#sent(stream, body.length);
    this.#connection.localEnd(stream);
  }

  /** See Stream.sendWhole. */
  whole(stream: Stream, frames: Buffer, dataBytes: number): boolean {
    if (!this.#fits(stream, dataBytes) || this.#connection.encoder.mustAnnounceSize) return false;
    this.#connection.outbox.push(frames);
    this.#sent(stream, dataBytes);
    this.#connection.localEnd(stream);
    return true;
  }

  /** See Stream.sendData. */
  data(stream: Stream, bytes: Buffer, endStream: boolean): boolean {
    if (this.#fits(stream, bytes.length)) {
      if (bytes.length > 0 || endStream) this.#sendFrame(stream, [bytes], bytes.length, endStream);
      return true;
    }
    return this.pieces(stream, bytes.length > 0 ? [bytes] : [], endStream);
  }

  /** See Stream.sendPieces. */
  pieces(stream: Stream, pieces: readonly Buffer[], endStream: boolean): boolean {
    for (const piece of pieces) if (!this.#enqueue(stream, piece)) return false;
    if (endStream) stream.queuedEnd = "end";
    return this.#goOn(stream);
  }

  /** See Stream.sendTrailers. */
  trailers(stream: Stream, block: Buffer): void {
    stream.queuedEnd = block;
    this.#goOn(stream);
  }

  /** A stream has got its id and its head is sent: what it had queued may go. */
  start(stream: Stream): void {
    if (stream.stalledSinceMs < 0) return;
    stream.stalledSinceMs = this.#connection.now();
    this.#goOn(stream);
  }

  /** The stream is over; what it had queued is dropped. */
  forget(stream: Stream): void {
    this.#waiting.delete(stream);
    this.backlog.remove(stream.queuedBytes);
    stream.queuedBytes = 0;
    stream.queue = undefined;
    stream.queuedEnd = "none";
  }

  /** The peer opened the connection's window. */
  openWindow(increment: number): void {
    this.#window += increment;
    if (this.#window > MAX_WINDOW)
      throw new ConnectionError(errorCodes.flowControlError, "window of the connection is too large");
    this.pump();
  }

  /** The peer opened a stream's window; by settings also closed it, even below zero. RFC 9113, section 6.9.2. */
  openStreamWindow(stream: Stream, increment: number): void {
    stream.sendWindow += increment;
    if (stream.sendWindow > MAX_WINDOW)
      throw new StreamError(stream.id, errorCodes.flowControlError, "window of the stream is too large");
    if (this.#waiting.has(stream)) this.#goOn(stream);
  }

  /** Lets every waiting stream go on once; those that still wait go behind the others, so that none starves. */
  pump(): void {
    if (this.#waiting.size === 0) return;
    for (const stream of [...this.#waiting]) {
      if (this.#window <= 0 || this.#connection.outbox.full) return;
      if (!this.#waiting.delete(stream)) continue;
      this.#goOn(stream);
    }
  }

  /** Whether payload can go now, in one frame. An empty one needs no window. RFC 9113, section 6.9.1. */
  #fits(stream: Stream, length: number): boolean {
    if (stream.queuedBytes > 0 || stream.id === 0) return false;
    return length === 0 || (length <= this.#room(stream) && !this.#connection.outbox.full);
  }

  #mayJoin(stream: Stream, block: Buffer, body: Buffer): boolean {
    const { encoder } = this.#connection;
    const isSmall = block.length <= MAX_COPIED_PAYLOAD && body.length <= MAX_COPIED_PAYLOAD;
    return isSmall && !encoder.mustAnnounceSize && this.#fits(stream, body.length);
  }

  #room(stream: Stream): number {
    return Math.min(stream.sendWindow, this.#window, this.#connection.peer.maxFrameSize);
  }

  /** False when the connection, or the server, already holds all it may; the stream is over then. */
  #enqueue(stream: Stream, bytes: Buffer): boolean {
    if (this.backlog.isFull) {
      this.#connection.resetStream(stream, errorCodes.enhanceYourCalm);
      return false;
    }
    if (stream.queue) stream.queue.push(bytes);
    else stream.queue = [bytes];
    stream.queuedBytes += bytes.length;
    this.backlog.add(bytes.length);
    return true;
  }

  /** Sends what waits as far as it goes. Answers whether all has gone. */
  #goOn(stream: Stream): boolean {
    if (stream.id === 0) return this.#holdBack(stream);
    const hadWaited = stream.stalledSinceMs >= 0;
    while (stream.queuedBytes > 0) {
      const room = this.#room(stream);
      if (room <= 0 || this.#connection.outbox.full) {
        this.#wait(stream);
        return false;
      }
      this.#sendQueued(stream, room);
    }
    this.#waiting.delete(stream);
    stream.stalledSinceMs = -1;
    this.#sendEnd(stream);
    if (hadWaited && !stream.isClosed) stream.receiver?.drained(stream);
    return true;
  }

  /** It is not the peer that lets this stream wait, so it is not among those that the peer stalls. */
  #holdBack(stream: Stream): false {
    stream.stalledSinceMs = this.#connection.now();
    return false;
  }

  #wait(stream: Stream): void {
    if (stream.stalledSinceMs < 0) stream.stalledSinceMs = this.#connection.now();
    this.#waiting.add(stream);
  }

  #sendQueued(stream: Stream, room: number): void {
    const length = Math.min(room, stream.queuedBytes);
    const pieces = takeQueued(stream, length);
    this.backlog.remove(length);
    // Progress: the peer is not stalled.
    if (stream.stalledSinceMs >= 0) stream.stalledSinceMs = this.#connection.now();
    this.#sendFrame(stream, pieces, length, stream.queuedBytes === 0 && stream.queuedEnd === "end");
  }

  /** @param length bytes of all pieces */
  #sendFrame(stream: Stream, pieces: readonly Buffer[], length: number, endStream: boolean): void {
    const [first = EMPTY] = pieces;
    const copied = first.length <= MAX_COPIED_PAYLOAD ? first.length : 0;
    const head = Buffer.allocUnsafe(FRAME_HEADER_BYTES + copied);
    writeFrameHeader(head, 0, length, frameTypes.data, endStream ? flags.endStream : 0, stream.id);
    if (copied > 0) head.set(first, FRAME_HEADER_BYTES);
    const { outbox } = this.#connection;
    outbox.push(head);
    for (let index = copied > 0 ? 1 : 0; index < pieces.length; index += 1)
      outbox.push(pieces[index] as Buffer);
    this.#sent(stream, length);
    if (endStream) this.#endNow(stream);
  }

  #sent(stream: Stream, length: number): void {
    stream.sendWindow -= length;
    this.#window -= length;
    this.backlog.hasSent = true;
    this.#connection.budgets.dataSent();
  }

  #sendEnd(stream: Stream): void {
    const end = stream.queuedEnd;
    if (end === "none") return;
    if (end === "end") return this.#sendFrame(stream, [], 0, true);
    this.#pushHeaders(stream, end, true);
    this.#endNow(stream);
  }

  #endNow(stream: Stream): void {
    stream.queuedEnd = "none";
    this.#connection.localEnd(stream);
  }

  #pushHeaders(stream: Stream, block: Buffer, endStream: boolean): void {
    const { encoder, outbox, peer } = this.#connection;
    const whole = encoder.mustAnnounceSize ? Buffer.concat([encoder.takeSizeUpdates(), block]) : block;
    outbox.push(headersFrames(stream.id, whole, endStream, peer.maxFrameSize));
  }
}

/** Takes so many bytes, of one or more pieces, out of a stream's queue. */
function takeQueued(stream: Stream, length: number): Buffer[] {
  const queue = stream.queue as Buffer[];
  const taken: Buffer[] = [];
  for (let left = length; left > 0; ) {
    const piece = queue[0] as Buffer;
    const from = stream.queueOffset;
    const to = Math.min(from + left, piece.length);
    taken.push(piece.subarray(from, to));
    left -= to - from;
    stream.queueOffset = to;
    if (to < piece.length) continue;
    queue.shift();
    stream.queueOffset = 0;
  }
  stream.queuedBytes -= length;
  return taken;
}
