import { errorCodes, initialSettings } from "../frames/constants.js";
import { ConnectionError, StreamError } from "../frames/errors.js";
import { windowUpdateFrame } from "../frames/frame-writer.js";
import type { ConnectionLimits } from "../limits.js";
import type { Outbox } from "./outbox.js";
import type { Stream } from "./stream.js";

/** A window is given back when this share of it was used, so that few WINDOW_UPDATE frames do. */
const RETURN_SHARE = 0.5;

/** Flow control of what the peer sends: it may send only what fits the windows, which reopen as bytes are used. RFC 9113, section 5.2. */
export class ReceiveFlow {
  readonly #outbox: Outbox;
  readonly #connectionShare: number;
  readonly #streamShare: number;
  #window: number = initialSettings.initialWindowSize;
  #returnable = 0;

  constructor(limits: ConnectionLimits, outbox: Outbox) {
    this.#outbox = outbox;
    this.#connectionShare = limits.connectionWindow * RETURN_SHARE;
    this.#streamShare = limits.streamWindow * RETURN_SHARE;
  }

  /** Opens the connection's window from its initial size, which SETTINGS cannot change, to `size`. RFC 9113, section 6.9.2. */
  open(size: number): void {
    const increment = size - this.#window;
    if (increment > 0) this.#outbox.push(windowUpdateFrame(0, increment));
    this.#window = size;
  }

  /** DATA has come, its padding among it. Throws ConnectionError where the window was closed. */
  take(length: number): void {
    this.#window -= length;
    if (this.#window < 0)
      throw new ConnectionError(errorCodes.flowControlError, "more DATA than the connection's window");
  }

  /** The DATA is the stream's, which must use it or give it back. Throws StreamError where its window was closed. */
  takeForStream(stream: Stream, length: number): void {
    stream.receiveWindow -= length;
    stream.unusedBytes += length;
    if (stream.receiveWindow < 0)
      throw new StreamError(stream.id, errorCodes.flowControlError, "more DATA than the stream's window");
  }

  /** Bytes of a stream were used. */
  use(stream: Stream, length: number): void {
    const used = Math.min(length, stream.unusedBytes);
    stream.unusedBytes -= used;
    this.giveBack(used);
    if (stream.isClosed || stream.remoteEnded) return;
    stream.returnable += used;
    if (stream.returnable < this.#streamShare) return;
    stream.receiveWindow += stream.returnable;
    this.#outbox.push(windowUpdateFrame(stream.id, stream.returnable));
    stream.returnable = 0;
  }

  /** Gives bytes back to the connection's window. */
  giveBack(length: number): void {
    this.#returnable += length;
    if (this.#returnable < this.#connectionShare) return;
    this.#window += this.#returnable;
    this.#outbox.push(windowUpdateFrame(0, this.#returnable));
    this.#returnable = 0;
  }
}
