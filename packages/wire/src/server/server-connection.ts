import type { Duplex } from "node:stream";
import type { ByteCount } from "../connection/byte-count.js";
import { Connection } from "../connection/connection.js";
import type { FairTurns } from "../connection/fair-turns.js";
import type { Role } from "../connection/role.js";
import type { Stream, StreamReceiver } from "../connection/stream.js";
import { errorCodes, MAX_STREAM_ID, PREFACE } from "../frames/constants.js";
import { ConnectionError, StreamError } from "../frames/errors.js";
import type { HeaderBlock } from "../hpack/header-block.js";
import { areTrailersValid } from "../http/fields.js";
import type { ConnectionLimits } from "../limits.js";
import { type RequestHead, requestHead } from "./request-head.js";

/** Marks the PING whose answer tells that a client has seen the first GOAWAY. */
const DRAIN_PING = Buffer.from("draining");

/**
 * Takes a request whose head has come and answers what takes its body. `ended` tells that there is no body; the receiver's `end` is then not
 * called.
 */
export type RequestHandler = (stream: Stream, head: RequestHead, ended: boolean) => StreamReceiver;

export interface ServerConnectionOptions {
  socket: Duplex;
  limits: ConnectionLimits;
  onRequest: RequestHandler;
  /** Told once, when the connection is over; with the reason where it did not end in order. */
  onOver: (error: Error | undefined) => void;
  /** Told once, when the socket is closed. */
  onGone: () => void;
  now: () => number;
  /** What waits on all connections of the server. */
  queuedOnAll: ByteCount;
  /** The turns of all connections of the server. */
  turns: FairTurns;
}

/** The server's end of a connection: takes requests until it is told to drain. RFC 9113, sections 3.4, 5.1.1 and 6.8. */
export class ServerConnection implements Role {
  readonly isServer = true;
  readonly connection: Connection;
  readonly #options: ServerConnectionOptions;
  #lastStreamId = 0;
  /** Streams above it are refused: the second GOAWAY has named it. */
  #acceptUpTo = MAX_STREAM_ID;
  #draining = false;
  /** Bytes of the preface that are still to come. */
  #prefaceRest: Buffer = PREFACE;

  constructor(options: ServerConnectionOptions) {
    this.#options = options;
    const { socket, limits, now, queuedOnAll, turns } = options;
    this.connection = new Connection({ socket, role: this, limits, now, queuedOnAll, turns });
    // Whoever has looked at the first bytes may have stopped it.
    socket.on("data", this.#receive).resume();
    this.connection.start();
  }

  get lastStreamId(): number {
    return this.#lastStreamId;
  }

  /**
   * Refuses new streams and lets open ones finish, then closes. The first GOAWAY only warns, so that requests on their way are still
   * served; the second, on the answer to a PING, names the last one. RFC 9113, section 6.8.
   */
  drain(): void {
    if (this.#draining || this.connection.isOver) return;
    this.#draining = true;
    this.connection.goAway(MAX_STREAM_ID);
    this.connection.ping(DRAIN_PING);
  }

  begin(streamId: number): void {
    if (streamId % 2 === 0)
      throw new ConnectionError(errorCodes.protocolError, "a client opens odd streams only");
    if (streamId <= this.#lastStreamId)
      throw new ConnectionError(errorCodes.streamClosed, "HEADERS on a stream that has ended");
    this.#lastStreamId = streamId;
  }

  open(streamId: number, block: HeaderBlock, endStream: boolean): void {
    const { streams, limits } = this.connection;
    this.connection.requestBegins();
    if (streamId > this.#acceptUpTo || streams.size >= limits.maxConcurrentStreams)
      throw new StreamError(streamId, errorCodes.refusedStream, "too many streams, or shutting down");
    this.connection.refuseWhileBehind(streamId);
    const head = requestHead(block);
    if (!head || (endStream && head.contentLength > 0))
      throw new StreamError(streamId, errorCodes.protocolError, "malformed request");
    const stream = this.connection.createStream(streamId);
    stream.declaredLength = head.contentLength;
    stream.headReceived = true;
    stream.remoteEnded = endStream;
    streams.add(stream);
    stream.receiver = this.#options.onRequest(stream, head, endStream);
    // Answered and over before there was a receiver to tell.
    if (stream.isClosed) stream.receiver.closed(stream, stream.closeCode);
  }

  headers(stream: Stream, block: HeaderBlock, endStream: boolean): void {
    if (!endStream || !areTrailersValid(block))
      throw new StreamError(stream.id, errorCodes.protocolError, "malformed trailers");
    this.connection.remoteEnd(stream, block);
  }

  /** Clients open odd ids in ascending order; even ones belong to pushes, which we never send. */
  isIdle(streamId: number): boolean {
    return streamId % 2 === 0 || streamId > this.#lastStreamId;
  }

  settingsChanged(): void {}

  /** The client opens no more streams; what it has opened is finished. */
  goingAway(): void {}

  pong(payload: Buffer): void {
    if (!this.#draining || !payload.equals(DRAIN_PING)) return;
    this.#acceptUpTo = this.#lastStreamId;
    this.connection.goAway(this.#lastStreamId);
    this.#closeWhenDone();
  }

  streamClosed(): void {
    this.#closeWhenDone();
  }

  over(error: Error | undefined): void {
    this.#options.socket.off("data", this.#receive);
    this.#options.onOver(error);
  }

  gone(): void {
    this.#options.onGone();
  }

  #closeWhenDone(): void {
    if (this.#acceptUpTo !== MAX_STREAM_ID && this.connection.streams.size === 0) this.connection.close();
  }

  readonly #receive = (chunk: Buffer): void => {
    const expected = this.#prefaceRest.length;
    if (expected === 0) return this.connection.receive(chunk);
    const length = Math.min(expected, chunk.length);
    if (chunk.compare(this.#prefaceRest, 0, length, 0, length) !== 0)
      return this.connection.fail(new ConnectionError(errorCodes.protocolError, "not the preface of HTTP/2"));
    this.#prefaceRest = this.#prefaceRest.subarray(length);
    if (chunk.length > length) this.connection.receive(chunk.subarray(length));
  };
}
