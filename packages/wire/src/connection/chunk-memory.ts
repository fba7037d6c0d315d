import { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** The memory of a shorter chunk is not worth what it costs to give it back. */
const MIN_BYTES = 32_768;

/**
 * Gives the memory of a long chunk of the socket back as soon as nobody looks at it. The garbage collector, which would do it some time, goes through
 * all there is each time that so many megabytes have come.
 */
export class ChunkMemory {
  /** Only a socket of the system makes its chunks for us alone. */
  readonly #isOurs: boolean;
  #passedOn = 0;
  #copied = 0;

  constructor(socket: Duplex) {
    this.#isOurs = socket instanceof Socket;
  }

  /** A piece of the chunk at hand goes to a receiver, which may keep it. */
  passOn(): void {
    this.#passedOn += 1;
  }

  /** The receiver did not keep it. */
  copied(): void {
    this.#copied += 1;
  }

  /** All of the chunk was taken, and what the receivers have kept is known. */
  taken({ buffer, length }: Buffer): void {
    const isFree = this.#copied > 0 && this.#copied === this.#passedOn;
    this.#passedOn = 0;
    this.#copied = 0;
    if (!isFree || !this.#isOurs || length < MIN_BYTES || length !== buffer.byteLength) return;
    if ("transfer" in buffer) buffer.transfer(0);
  }
}
