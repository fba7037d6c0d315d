import type { Duplex } from "node:stream";
import type { HpackEncoder } from "../hpack/encoder.js";
import type { HeaderBlock } from "../hpack/header-block.js";
import type { Connection } from "./connection.js";

/** What `closed` says where the connection ended before the stream did; no code of the protocol. */
export const CONNECTION_LOST = -1;

/** What takes the peer's half of a stream. One object may serve many streams; what belongs to one of them goes to `stream.context`. */
export interface StreamReceiver {
  /**
   * A piece of the body, never empty. It is a view of a larger chunk: copy it to keep it for long. The peer may send as much again once
   * `stream.consumed` was told so.
   */
  data(stream: Stream, bytes: Buffer): void;
  /** The peer's half is complete. Trailers are undefined where none came. */
  end(stream: Stream, trailers: HeaderBlock | undefined): void;
  /** What was queued on our half has gone to the socket. */
  drained(stream: Stream): void;
  /**
   * The stream is over; nothing is called after it. `code` is NO_ERROR when both halves were complete (or the peer wanted no more of ours),
   * CONNECTION_LOST when the connection ended first, else the code of the RST_STREAM that was sent or came.
   */
  closed(stream: Stream, code: number): void;
}

/** One stream of a connection: a record of where it stands, and the doors to its connection. RFC 9113, section 5.1. */
export class Stream {
  /** 0 while a client's stream waits for its turn. */
  id: number;
  readonly #connection: Connection;
  receiver: StreamReceiver | undefined = undefined;
  /** Owned by the layer above. */
  context: unknown = undefined;
  /** Bytes of DATA that we may still send. */
  sendWindow: number;
  /** Bytes of DATA that the peer may still send. */
  receiveWindow: number;
  /** Bytes that came and were not yet used. */
  unusedBytes = 0;
  /** Bytes that were used and not yet given back to the peer's window. */
  returnable = 0;
  /** We have sent the last frame of our half. */
  localEnded = false;
  /** The peer has sent the last frame of its half. */
  remoteEnded = false;
  /** Both halves are done, or the stream was reset. */
  isClosed = false;
  /** Why it closed, as `StreamReceiver.closed` says it. */
  closeCode = 0;
  /** What still comes is dropped. */
  ignoresRest = false;
  /** The head of the peer's half has come. */
  headReceived = false;
  /** Bytes of body that the peer declared by content-length; -1 where it did not. */
  declaredLength = -1;
  receivedLength = 0;
  /** Payload that waits for a window or for the socket; its first piece from `queueOffset` on. */
  queue: Buffer[] | undefined = undefined;
  queueOffset = 0;
  /** Bytes in the queue. */
  queuedBytes = 0;
  /** What follows the queue: nothing yet, the end, or a block of trailers. */
  queuedEnd: "none" | "end" | Buffer = "none";
  /** Since when payload has waited without progress; -1 while none waits. */
  stalledSinceMs = -1;

  constructor(connection: Connection, id: number, sendWindow: number, receiveWindow: number) {
    this.#connection = connection;
    this.id = id;
    this.sendWindow = sendWindow;
    this.receiveWindow = receiveWindow;
  }

  /** The connection's socket, for what it knows of the peer: its address, its certificate. Neither to be read from nor written to. */
  get socket(): Duplex {
    return this.#connection.socket;
  }

  /**
   * Encodes what this connection sends, with its table. A block must be sent at once, in the order of encoding; trailers, which may wait
   * behind a body, must come from an `HpackEncoder(0)`.
   */
  get encoder(): HpackEncoder {
    return this.#connection.encoder;
  }

  /** Sends a header block: of this connection's encoder, or of one without a table. */
  sendHeaders(block: Buffer, endStream: boolean): void {
    if (this.#canSend()) this.#connection.sender.headers(this, block, endStream);
  }

  /** Sends body bytes, now or when windows and socket allow. False when they wait: `drained` is called when they are gone. */
  sendData(bytes: Buffer, endStream: boolean): boolean {
    return !this.#canSend() || this.#connection.sender.data(this, bytes, endStream);
  }

  /** As `sendData` sends them in one piece. */
  sendPieces(pieces: readonly Buffer[], endStream: boolean): boolean {
    return !this.#canSend() || this.#connection.sender.pieces(this, pieces, endStream);
  }

  /** Ends our half with a block of trailers, behind the body that waits. */
  sendTrailers(block: Buffer): void {
    if (this.#canSend()) this.#connection.sender.trailers(this, block);
  }

  /**
   * Sends frames that were made for this stream as they are, among them one DATA frame and the end, if windows and socket let them go now. False when
   * they do not: then nothing was sent, and the three calls above do it piece by piece.
   */
  sendWhole(frames: Buffer, dataBytes: number): boolean {
    return !this.#canSend() || this.#connection.sender.whole(this, frames, dataBytes);
  }

  /** Tells that `bytes` of the body were used, so that the peer may send as many again. */
  consumed(bytes: number): void {
    this.#connection.receiveFlow.use(this, bytes);
  }

  /**
   * Tells, during a call of `data`, that the piece given to it is not looked at after the call: its memory may go back at once, and the piece is empty
   * then.
   */
  pieceCopied(): void {
    this.#connection.chunkMemory.copied();
  }

  /** Drops what still comes; when our half is sent, the peer is asked to stop. RFC 9113, section 8.1. */
  ignoreRest(): void {
    this.ignoresRest = true;
    this.#connection.stopIfIgnored(this);
  }

  /** Ends the stream at once; the receiver's `closed` is called. */
  reset(code: number): void {
    this.#connection.resetStream(this, code);
  }

  /** Whether our half is open; what is sent after its end is dropped. */
  #canSend(): boolean {
    return !this.isClosed && !this.localEnded && this.queuedEnd === "none";
  }
}
