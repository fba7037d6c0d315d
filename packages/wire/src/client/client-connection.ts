import type { Duplex } from "node:stream";
import { Connection } from "../connection/connection.js";
import type { Role } from "../connection/role.js";
import type { Stream } from "../connection/stream.js";
import { errorCodes, MAX_STREAM_ID, PREFACE } from "../frames/constants.js";
import { ConnectionError, StreamError } from "../frames/errors.js";
import type { EncodedField } from "../hpack/encoder.js";
import type { HeaderBlock } from "../hpack/header-block.js";
import { areTrailersValid } from "../http/fields.js";
import type { ConnectionLimits } from "../limits.js";
import type { RequestTemplate } from "./request-template.js";
import { responseHead } from "./response-head.js";
import type { ResponseReceiver } from "./response-receiver.js";
import { type WaitingRequest, WaitingStreams } from "./waiting-streams.js";

/** Streams that a server is taken to allow until its SETTINGS say; RFC 9113, section 6.5.2 advises it to allow no fewer. */
const STREAMS_BEFORE_SETTINGS = 100;

const NO_DEBUG_DATA = Buffer.alloc(0);

export interface ClientConnectionOptions {
  socket: Duplex;
  /** Whether the socket is connected; if not, requests wait until `connected`. */
  isConnected: boolean;
  limits: ConnectionLimits;
  maxWaitingStreams: number;
  now: () => number;
  /** Told once, when the server's first SETTINGS have come. */
  onReady: () => void;
  /** Told once, when the server wants no more requests, or there are no more stream ids. */
  onGoingAway: (code: number, debugData: Buffer) => void;
  /** Told when a PING of ours was answered. */
  onPong: (payload: Buffer) => void;
  /** Told once, when the connection is over; with the reason where it did not end in order. */
  onOver: (error: Error | undefined) => void;
  /** Told once, when the socket is closed. */
  onGone: () => void;
}

/** The client's end of a connection: opens streams as far as the server lets it. RFC 9113, sections 3.4, 5.1.1, 5.1.2 and 6.8. */
export class ClientConnection implements Role {
  readonly isServer = false;
  /** The server opens none. */
  readonly lastStreamId = 0;
  readonly connection: Connection;
  readonly #options: ClientConnectionOptions;
  readonly #waiting: WaitingStreams;
  readonly #onData: (chunk: Buffer) => void;
  #isConnected: boolean;
  #settingsReceived = false;
  #nextStreamId = 1;
  #draining = false;
  #bytesReceived = 0;

  constructor(options: ClientConnectionOptions) {
    this.#options = options;
    this.#isConnected = options.isConnected;
    this.#waiting = new WaitingStreams(options.maxWaitingStreams);
    const { socket, limits, now } = options;
    this.connection = new Connection({ socket, role: this, limits, now });
    this.#onData = (chunk) => {
      this.#bytesReceived += chunk.length;
      this.connection.receive(chunk);
    };
    socket.on("data", this.#onData);
    this.connection.start(PREFACE);
  }

  /** Whether a request can begin, now or after waiting. */
  get isOpen(): boolean {
    return !this.#draining && !this.connection.isOver;
  }

  /** Requests that wait for their turn. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Bytes that came from the socket. */
  get bytesReceived(): number {
    return this.#bytesReceived;
  }

  /** Streams that the server allows at once, as far as it has said. */
  get maxStreams(): number {
    return this.#settingsReceived ? this.connection.peer.maxConcurrentStreams : STREAMS_BEFORE_SETTINGS;
  }

  /** The socket is connected, so what was refused so far can be sent. */
  connected(): void {
    this.#isConnected = true;
    this.#startWaiting();
  }

  /** See WireConnection.open. */
  request(
    template: RequestTemplate,
    extra: readonly EncodedField[],
    receiver: ResponseReceiver,
    endStream: boolean,
    body?: Buffer,
  ): Stream | undefined {
    if (!this.isOpen) return undefined;
    const stream = this.connection.createStream(0);
    stream.receiver = receiver;
    if (this.#waiting.size === 0 && this.#hasRoom()) this.#start(stream, template, extra, endStream, body);
    else if (!this.#waiting.add({ stream, template, extra, endStream })) return undefined;
    else if (body) stream.sendData(body, true);
    return stream;
  }

  /** Takes no more requests, and closes when the last one has ended. */
  drain(): void {
    this.#draining = true;
    this.#closeWhenDone();
  }

  begin(streamId: number): void {
    const isOver = streamId % 2 === 1 && !this.isIdle(streamId);
    throw new ConnectionError(
      isOver ? errorCodes.streamClosed : errorCodes.protocolError,
      "HEADERS on a stream that is not open",
    );
  }

  /** `begin` lets no stream of the server's come so far. */
  open(streamId: number): void {
    this.begin(streamId);
  }

  headers(stream: Stream, block: HeaderBlock, endStream: boolean): void {
    if (!stream.headReceived) return this.#head(stream, block, endStream);
    if (!endStream || !areTrailersValid(block))
      throw new StreamError(stream.id, errorCodes.protocolError, "malformed trailers");
    this.connection.remoteEnd(stream, block);
  }

  isIdle(streamId: number): boolean {
    return streamId % 2 === 0 || streamId >= this.#nextStreamId;
  }

  settingsChanged(): void {
    const isFirst = !this.#settingsReceived;
    this.#settingsReceived = true;
    if (isFirst) this.#options.onReady();
    this.#startWaiting();
  }

  /** What the server has not taken up is refused; the rest may finish. RFC 9113, section 6.8. */
  goingAway(lastStreamId: number, code: number, debugData: Buffer): void {
    if (!this.#draining) this.#options.onGoingAway(code, debugData);
    this.#draining = true;
    this.#refuseWaiting();
    for (const stream of this.connection.streams.values())
      if (stream.id > lastStreamId) this.connection.closeStream(stream, errorCodes.refusedStream);
    this.#closeWhenDone();
  }

  pong(payload: Buffer): void {
    this.#options.onPong(payload);
  }

  streamClosed(stream: Stream): void {
    if (stream.id === 0) this.#waiting.delete(stream);
    else this.#startWaiting();
    this.#closeWhenDone();
  }

  over(error: Error | undefined): void {
    this.#refuseWaiting();
    this.#options.socket.off("data", this.#onData);
    this.#options.onOver(error);
  }

  gone(): void {
    this.#options.onGone();
  }

  #head(stream: Stream, block: HeaderBlock, endStream: boolean): void {
    const head = responseHead(block);
    if (!head || head.status === 101 || (head.status < 200 && endStream))
      throw new StreamError(stream.id, errorCodes.protocolError, "malformed response");
    // Interim responses are for clients that asked for them; this one does not. RFC 9110, section 15.2.
    if (head.status < 200) return this.connection.budgets.countControl();
    stream.headReceived = true;
    stream.remoteEnded = endStream;
    // A response without a body may tell the length of what a GET would get. RFC 9110, section 8.6.
    if (!endStream) stream.declaredLength = head.contentLength;
    (stream.receiver as ResponseReceiver).head(stream, head, endStream);
    if (endStream && stream.localEnded) this.connection.closeStream(stream, errorCodes.noError);
  }

  #hasRoom(): boolean {
    return this.#isConnected && this.connection.streams.size < this.maxStreams;
  }

  #startWaiting(): void {
    while (this.#waiting.size > 0 && this.#hasRoom() && !this.connection.isOver) {
      const { stream, template, extra, endStream } = this.#waiting.next() as WaitingRequest;
      this.#start(stream, template, extra, endStream);
    }
  }

  #start(
    stream: Stream,
    template: RequestTemplate,
    extra: readonly EncodedField[],
    endStream: boolean,
    body?: Buffer,
  ): void {
    const { connection } = this;
    stream.id = this.#nextStreamId;
    stream.sendWindow = connection.peer.initialWindowSize;
    this.#nextStreamId += 2;
    connection.streams.add(stream);
    const block = template.encode(connection.encoder, extra);
    if (body) connection.sender.request(stream, block, body);
    else connection.sender.headers(stream, block, endStream);
    connection.sender.start(stream);
    if (this.#nextStreamId > MAX_STREAM_ID) this.goingAway(MAX_STREAM_ID, errorCodes.noError, NO_DEBUG_DATA);
  }

  #refuseWaiting(): void {
    for (let request = this.#waiting.next(); request; request = this.#waiting.next())
      this.connection.closeStream(request.stream, errorCodes.refusedStream);
  }

  #closeWhenDone(): void {
    if (this.#draining && this.connection.streams.size === 0 && this.#waiting.size === 0)
      this.connection.close();
  }
}
