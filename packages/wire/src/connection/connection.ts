import type { Duplex } from "node:stream";
import { errorCodes, initialSettings } from "../frames/constants.js";
import { ConnectionError, StreamError } from "../frames/errors.js";
import { FrameReader } from "../frames/frame-reader.js";
import { goawayFrame, pingFrame, rstStreamFrame, settingsFrame } from "../frames/frame-writer.js";
import { HpackEncoder } from "../hpack/encoder.js";
import type { HeaderBlock } from "../hpack/header-block.js";
import type { ConnectionLimits } from "../limits.js";
import type { ByteCount } from "./byte-count.js";
import { ChunkMemory } from "./chunk-memory.js";
import { ConnectionTimes } from "./connection-times.js";
import type { FairTurns } from "./fair-turns.js";
import { IncomingFrames } from "./incoming-frames.js";
import { Outbox } from "./outbox.js";
import { PeerBudgets } from "./peer-budgets.js";
import { ReceiveFlow } from "./receive-flow.js";
import type { Role } from "./role.js";
import { Sender } from "./sender.js";
import { initialPeerSettings, ourSettings } from "./settings.js";
import { CONNECTION_LOST, Stream } from "./stream.js";
import { StreamTable } from "./stream-table.js";

/** Time that a peer has to close its end after our last frame was written. */
const LINGER_MS = 1_000;
/** How long a stream, or a whole connection that is behind, may take nothing while too much waits for all peers together. */
const PRESSED_STALL_MS = 1_000;
/** The same where the peer asks for more, which it cannot need: time for a window to come back from far away. */
const PRESSED_REQUEST_STALL_MS = 300;
/** What a peer that broke a rule may still send: what it can have sent before it knew, unless it sends all the time. */
const MOST_BYTES_AFTER_FAULT = 65_536;

export interface ConnectionOptions {
  socket: Duplex;
  role: Role;
  limits: ConnectionLimits;
  /** Milliseconds on a clock that never goes back. */
  now: () => number;
  /** What waits on all connections of a server; default: counted for this one only. */
  queuedOnAll?: ByteCount | undefined;
  /** The turns of all connections of a server; default: what comes is taken at once. */
  turns?: FairTurns | undefined;
}

/** One HTTP/2 connection over any duplex socket: both ends share it, the role says what differs. RFC 9113. */
export class Connection {
  readonly role: Role;
  readonly limits: ConnectionLimits;
  readonly now: () => number;
  readonly streams = new StreamTable();
  readonly encoder = new HpackEncoder(initialSettings.headerTableSize);
  readonly peer = initialPeerSettings();
  readonly times: ConnectionTimes;
  readonly budgets: PeerBudgets;
  readonly outbox: Outbox;
  readonly sender: Sender;
  readonly receiveFlow: ReceiveFlow;
  readonly chunkMemory: ChunkMemory;
  /** The socket below, for what it knows of the peer. */
  readonly socket: Duplex;
  readonly #reader: FrameReader;
  /** What has come and waits for the connection's next turn. */
  #rest: Buffer[] = [];
  readonly #turns: FairTurns | undefined;
  /** Requests that may still begin in this turn. */
  #allowance = Number.POSITIVE_INFINITY;
  #isOver = false;
  #overSinceMs = 0;
  #droppedBytes = 0;
  #failed = false;

  constructor({ socket, role, limits, now, queuedOnAll, turns }: ConnectionOptions) {
    this.#turns = turns;
    this.role = role;
    this.limits = limits;
    this.now = now;
    this.socket = socket;
    this.times = new ConnectionTimes(limits, now);
    this.budgets = new PeerBudgets(limits, now);
    this.outbox = new Outbox(socket, this.#pump);
    this.sender = new Sender(this, queuedOnAll);
    this.receiveFlow = new ReceiveFlow(limits, this.outbox);
    this.chunkMemory = new ChunkMemory(socket);
    this.#reader = new FrameReader(limits.maxFrameSize, new IncomingFrames(this).frame);
    this.#listen();
  }

  /** No stream can begin or go on; the socket may still be open for our last frames. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Sends our SETTINGS, behind what the role must send before them, and opens the connection's window. */
  start(before: Buffer = Buffer.alloc(0)): void {
    this.outbox.push(before);
    this.outbox.push(settingsFrame(ourSettings(this.limits, this.role.isServer)));
    this.receiveFlow.open(this.limits.connectionWindow);
    this.times.settingsSent();
  }

  /** Takes bytes that arrived. What the peer does wrong ends the stream or the connection; nothing is thrown. */
  receive(chunk: Buffer): void {
    if (this.#rest.length === 0) return this.#take(chunk);
    this.#rest.push(chunk);
    this.socket.pause();
  }

  /** A request begins. A peer that sends many at once has them taken in turn with those of others. */
  requestBegins(): void {
    this.#allowance -= 1;
    if (this.#allowance <= 0) this.#reader.stop();
  }

  /** A request must wait until the peer has taken some of what waits for it. Throws the error that says so. */
  refuseWhileBehind(streamId: number): void {
    const { backlog } = this.sender;
    if (!backlog.isBehind) return;
    if (backlog.isPressed && backlog.stalledMs() > PRESSED_REQUEST_STALL_MS) throw takesNothing();
    throw new StreamError(streamId, errorCodes.refusedStream, "too much waits for the peer");
  }

  #take(chunk: Buffer): void {
    if (this.#isOver) return;
    if (this.#turns) this.#allowance = this.#turns.allowance();
    try {
      const rest = this.#reader.push(chunk);
      if (rest) this.#takeLater(rest);
      else this.chunkMemory.taken(chunk);
      if (this.outbox.pendingBytes > this.limits.maxOutboxBytes)
        throw new ConnectionError(errorCodes.enhanceYourCalm, "too much waits for the peer to read");
    } catch (error) {
      this.fail(error);
    }
  }

  #takeLater(rest: Buffer): void {
    this.#rest.push(rest);
    setImmediate(this.#takeRest);
  }

  readonly #takeRest = (): void => {
    const rest = this.#rest.length === 1 ? (this.#rest[0] as Buffer) : Buffer.concat(this.#rest);
    this.#rest = [];
    this.#take(rest);
    // Not before: it would come faster than it is taken.
    if (this.#rest.length === 0) this.socket.resume();
  };

  /** A stream that is not yet in the table. */
  createStream(streamId: number): Stream {
    return new Stream(this, streamId, this.peer.initialWindowSize, this.limits.streamWindow);
  }

  ping(payload: Buffer): void {
    this.times.pingSent();
    this.outbox.push(pingFrame(payload, false));
  }

  pong(payload: Buffer): void {
    this.times.pongReceived();
    this.role.pong(payload);
  }

  /** Tells the peer to open no more streams than `lastStreamId`. */
  goAway(lastStreamId: number, code: number = errorCodes.noError, reason = ""): void {
    this.outbox.push(goawayFrame(lastStreamId, code, reason));
  }

  /** Our half of a stream is sent. */
  localEnd(stream: Stream): void {
    stream.localEnded = true;
    if (stream.remoteEnded) this.closeStream(stream, errorCodes.noError);
    else this.stopIfIgnored(stream);
  }

  /** The peer's half is complete: checks the declared length and tells the receiver. */
  remoteEnd(stream: Stream, trailers: HeaderBlock | undefined): void {
    if (stream.isClosed) return;
    if (stream.declaredLength >= 0 && stream.declaredLength !== stream.receivedLength)
      throw new StreamError(stream.id, errorCodes.protocolError, "content-length is not that of the content");
    stream.remoteEnded = true;
    if (!stream.ignoresRest) stream.receiver?.end(stream, trailers);
    if (stream.localEnded) this.closeStream(stream, errorCodes.noError);
  }

  /** A server that has answered need not take the rest of the request. RFC 9113, section 8.1. */
  stopIfIgnored(stream: Stream): void {
    if (stream.ignoresRest && stream.localEnded) this.resetStream(stream, errorCodes.noError);
  }

  /** Ends a stream from our side. */
  resetStream(stream: Stream, code: number): void {
    if (stream.isClosed) return;
    if (stream.id > 0) this.#sendReset(stream.id, code);
    this.closeStream(stream, code);
  }

  /** Ends a stream, open or refused, because of what the peer sent. Throws ConnectionError when that happens too often. */
  failStream({ streamId, code }: StreamError): void {
    this.budgets.countReset();
    const stream = this.streams.get(streamId);
    if (stream) this.resetStream(stream, code);
    else this.#sendReset(streamId, code);
  }

  /** The stream is over, and both ends know. */
  closeStream(stream: Stream, code: number): void {
    if (stream.isClosed) return;
    stream.isClosed = true;
    stream.closeCode = code;
    this.streams.delete(stream);
    this.sender.forget(stream);
    if (stream.unusedBytes > 0) this.receiveFlow.use(stream, stream.unusedBytes);
    if (this.streams.size === 0) this.times.becameIdle();
    if (code === errorCodes.noError) this.budgets.streamCompleted();
    stream.receiver?.closed(stream, code);
    this.role.streamClosed(stream);
  }

  /** Sends what is collected and ends the connection in order, with GOAWAY. */
  close(): void {
    this.#end(undefined);
  }

  /** Ends the connection with GOAWAY that says why, and every stream with it. */
  fail(error: unknown): void {
    this.#end(error instanceof ConnectionError ? error : internalError(error));
  }

  /** Ends what has waited too long. Called now and then by whoever owns the connection. */
  checkTimes(): void {
    if (this.#isOver) return this.#destroyWhenWritten();
    const overdue = this.times.overdue(this.streams.size);
    if (overdue) return this.fail(overdue);
    const { stalledTimeoutMs } = this.limits;
    const { backlog } = this.sender;
    const patienceMs = backlog.isPressed ? Math.min(PRESSED_STALL_MS, stalledTimeoutMs) : stalledTimeoutMs;
    if (backlog.isPressed && backlog.isBehind && backlog.stalledMs() > patienceMs)
      return this.fail(takesNothing());
    for (const stream of [...this.sender.waiting])
      if (this.now() - stream.stalledSinceMs > patienceMs)
        this.resetStream(stream, errorCodes.enhanceYourCalm);
  }

  #listen(): void {
    const socket = this.socket;
    socket.on("drain", this.#pump);
    socket.on("error", (error) => this.#finish(error));
    socket.on("end", () => this.#end(undefined));
    socket.on("close", () => {
      this.#finish(undefined);
      this.role.gone();
    });
  }

  readonly #pump = (): void => {
    try {
      this.sender.pump();
    } catch (error) {
      this.fail(error);
    }
  };

  #sendReset(streamId: number, code: number): void {
    this.outbox.push(rstStreamFrame(streamId, code));
    this.streams.rememberReset(streamId);
  }

  #end(error: ConnectionError | undefined): void {
    if (this.#isOver) return;
    this.goAway(this.role.lastStreamId, error?.code, error?.message);
    this.outbox.end();
    this.#finish(error);
  }

  #finish(error: Error | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#overSinceMs = this.now();
    this.#failed = error !== undefined;
    for (const stream of this.streams.values()) this.closeStream(stream, CONNECTION_LOST);
    this.socket.on("data", this.#drop);
    this.role.over(error);
  }

  /** What still comes is dropped, so that the peer can read our last frames; but one that goes on and on is cut off. */
  readonly #drop = (chunk: Buffer): void => {
    this.#droppedBytes += chunk.length;
    const most = this.#failed ? MOST_BYTES_AFTER_FAULT : this.limits.connectionWindow;
    if (this.#droppedBytes > most) this.socket.destroy();
  };

  /** A peer that stays after our last frame loses the socket; one that still reads has as long as a stalled stream. */
  #destroyWhenWritten(): void {
    const passedMs = this.now() - this.#overSinceMs;
    const isWritten = this.#failed || this.socket.writableFinished;
    if (passedMs > (isWritten ? LINGER_MS : this.limits.stalledTimeoutMs)) this.socket.destroy();
  }
}

const takesNothing = () =>
  new ConnectionError(errorCodes.enhanceYourCalm, "takes nothing while too much waits for all peers");

function internalError(cause: unknown): ConnectionError {
  const error = new ConnectionError(errorCodes.internalError, "internal error");
  error.cause = cause;
  return error;
}
