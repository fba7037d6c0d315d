import { errorCodes } from "../frames/constants.js";
import { ConnectionError } from "../frames/errors.js";
import type { ConnectionLimits } from "../limits.js";

/** A header block that has begun and not ended: until it has, nothing else may come on the connection. RFC 9113, section 4.3. */
export class HeaderAssembly {
  readonly streamId: number;
  readonly endStream: boolean;
  readonly #limits: ConnectionLimits;
  #pieces: Buffer[];
  #bytes: number;
  #continuations = 0;

  constructor(streamId: number, endStream: boolean, first: Buffer, limits: ConnectionLimits) {
    this.streamId = streamId;
    this.endStream = endStream;
    this.#limits = limits;
    // A copy: the rest may take its time, and a piece would keep the whole chunk alive.
    this.#pieces = [Buffer.from(first)];
    this.#bytes = first.length;
    this.#assertSmall();
  }

  /** Adds a CONTINUATION. Throws ConnectionError when there are too many, or too many bytes. */
  add(piece: Buffer): void {
    this.#continuations += 1;
    this.#bytes += piece.length;
    this.#assertSmall();
    this.#pieces.push(Buffer.from(piece));
  }

  /** The whole block. */
  join(): Buffer {
    return Buffer.concat(this.#pieces, this.#bytes);
  }

  #assertSmall(): void {
    if (
      this.#bytes > this.#limits.maxHeaderBlockBytes ||
      this.#continuations > this.#limits.maxContinuations
    ) {
      throw new ConnectionError(errorCodes.enhanceYourCalm, "header block is larger than allowed");
    }
  }
}
