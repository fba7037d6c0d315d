import { errorCodes, flags as flagBits, frameTypes } from "../frames/constants.js";
import { ConnectionError, StreamError } from "../frames/errors.js";
import type { FrameSink } from "../frames/frame-reader.js";
import type { Connection } from "./connection.js";
import { IncomingControl } from "./incoming-control.js";
import { assertPriority, IncomingHeaders } from "./incoming-headers.js";
import { paddingLength } from "./padding.js";
import type { Stream } from "./stream.js";

const PRIORITY_BYTES = 5;

/** Does what each frame that comes asks for. Errors of a stream end it here; those of the connection are thrown. RFC 9113, section 6. */
export class IncomingFrames {
  readonly #connection: Connection;
  readonly #headers: IncomingHeaders;
  readonly #control: IncomingControl;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#headers = new IncomingHeaders(connection);
    this.#control = new IncomingControl(connection);
  }

  readonly frame: FrameSink = (type, flags, streamId, bytes, start, end) => {
    if (this.#connection.isOver) return;
    try {
      this.#dispatch(type, flags, streamId, bytes, start, end);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#connection.failStream(error);
    }
  };

  #dispatch(type: number, flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    this.#headers.assertMayCome(type, streamId);
    this.#control.assertSettingsFirst(type, flags);
    switch (type) {
      case frameTypes.data:
        return this.#data(flags, streamId, bytes, start, end);
      case frameTypes.headers:
        return this.#headers.headers(flags, streamId, bytes, start, end);
      case frameTypes.continuation:
        return this.#headers.continuation(flags, bytes, start, end);
      case frameTypes.windowUpdate:
        return this.#windowUpdate(streamId, bytes, start, end);
      case frameTypes.rstStream:
        return this.#rstStream(streamId, bytes, start, end);
      case frameTypes.settings:
        return this.#control.settings(flags, streamId, bytes.subarray(start, end));
      case frameTypes.ping:
        return this.#control.ping(flags, streamId, bytes.subarray(start, end));
      case frameTypes.goaway:
        return this.#control.goaway(streamId, bytes.subarray(start, end));
      case frameTypes.priority:
        return this.#priority(streamId, bytes, start, end);
      case frameTypes.pushPromise:
        throw new ConnectionError(errorCodes.protocolError, "PUSH_PROMISE was not allowed");
      default:
        // Unknown types are ignored, as RFC 9113, section 5.5 asks.
        this.#connection.budgets.countControl();
    }
  }

  #data(flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    if (streamId === 0) throw new ConnectionError(errorCodes.protocolError, "DATA on stream 0");
    const isPadded = (flags & flagBits.padded) !== 0;
    const from = isPadded ? start + 1 : start;
    const to = isPadded ? end - paddingLength(bytes, start, end) : end;
    const { receiveFlow, streams } = this.#connection;
    receiveFlow.take(end - start);
    const stream = streams.get(streamId);
    if (!stream || stream.remoteEnded) return this.#lateData(streamId, end - start);
    receiveFlow.takeForStream(stream, end - start);
    if (!stream.headReceived)
      throw new StreamError(streamId, errorCodes.protocolError, "DATA before the head of the response");
    if (isPadded) receiveFlow.use(stream, end - start - (to - from));
    const ends = (flags & flagBits.endStream) !== 0;
    if (to > from) this.#deliver(stream, bytes.subarray(from, to));
    else if (!ends) this.#connection.budgets.countControl();
    if (ends) this.#connection.remoteEnd(stream, undefined);
  }

  #deliver(stream: Stream, bytes: Buffer): void {
    stream.receivedLength += bytes.length;
    if (stream.ignoresRest) return stream.consumed(bytes.length);
    this.#connection.chunkMemory.passOn();
    stream.receiver?.data(stream, bytes);
  }

  /** DATA for a stream whose peer has no half: late, where we have reset the stream; an error elsewhere. */
  #lateData(streamId: number, length: number): void {
    this.#connection.receiveFlow.giveBack(length);
    this.#assertNotIdle(streamId, "DATA");
    if (!this.#connection.streams.wasReset(streamId))
      throw new StreamError(streamId, errorCodes.streamClosed, "DATA after the end of the stream");
  }

  #windowUpdate(streamId: number, bytes: Buffer, start: number, end: number): void {
    if (end - start !== 4)
      throw new ConnectionError(errorCodes.frameSizeError, "WINDOW_UPDATE is not four bytes long");
    const { budgets, sender, streams } = this.#connection;
    budgets.countWindowUpdate();
    const increment = bytes.readUInt32BE(start) & 0x7fff_ffff;
    if (streamId === 0) {
      if (increment === 0) throw new ConnectionError(errorCodes.protocolError, "WINDOW_UPDATE by nothing");
      return sender.openWindow(increment);
    }
    this.#assertNotIdle(streamId, "WINDOW_UPDATE");
    if (increment === 0)
      throw new StreamError(streamId, errorCodes.protocolError, "WINDOW_UPDATE by nothing");
    const stream = streams.get(streamId);
    if (stream) sender.openStreamWindow(stream, increment);
  }

  #rstStream(streamId: number, bytes: Buffer, start: number, end: number): void {
    if (end - start !== 4)
      throw new ConnectionError(errorCodes.frameSizeError, "RST_STREAM is not four bytes long");
    this.#assertNotIdle(streamId, "RST_STREAM");
    this.#connection.budgets.countReset();
    const stream = this.#connection.streams.get(streamId);
    if (!stream) return;
    const code = resetCode(stream, bytes.readUInt32BE(start));
    if (code === errorCodes.noError && !stream.remoteEnded) this.#connection.remoteEnd(stream, undefined);
    this.#connection.closeStream(stream, code);
  }

  #priority(streamId: number, bytes: Buffer, start: number, end: number): void {
    if (streamId === 0) throw new ConnectionError(errorCodes.protocolError, "PRIORITY on stream 0");
    if (end - start > PRIORITY_BYTES)
      throw new ConnectionError(errorCodes.frameSizeError, "priority is not five bytes long");
    assertPriority(streamId, bytes, start, end);
    this.#connection.budgets.countControl();
  }

  #assertNotIdle(streamId: number, what: string): void {
    if (this.#connection.role.isIdle(streamId))
      throw new ConnectionError(errorCodes.protocolError, `${what} on a stream that was never opened`);
  }
}

/** NO_ERROR may only say that the peer has said all and wants no more. RFC 9113, section 8.1. */
function resetCode(stream: Stream, code: number): number {
  return code === errorCodes.noError && !isComplete(stream) ? errorCodes.protocolError : code;
}

/** Node's own server may reset a stream before it sends the end of a body; the declared length then tells that nothing is missing. */
const isComplete = ({ remoteEnded, declaredLength, receivedLength }: Stream): boolean =>
  remoteEnded || declaredLength === receivedLength;
