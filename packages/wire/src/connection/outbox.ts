import type { Duplex } from "node:stream";

/**
 * Below this the buffers of a turn are copied into one and written at its end. So much is written at once and not copied: the copy would cost more
 * than the system call saves, and the peer can go to work while the turn lasts.
 */
const LONG_BYTES = 65_536;
/** DATA waits when one turn has collected this much, so that it is made only as fast as the socket takes it. */
const FULL_BYTES = 131_072;

/** Collects what one turn of the event loop wants to send, and writes it to the socket in one go, or in few. */
export class Outbox {
  readonly #socket: Duplex;
  readonly #emptied: () => void;
  #buffers: Buffer[] = [];
  #bytes = 0;
  /** Bytes that this turn has collected, written or not. */
  #turnBytes = 0;
  #scheduled = false;
  #ended = false;

  /** @param emptied Told when what was collected has been written and the socket takes more. */
  constructor(socket: Duplex, emptied: () => void) {
    this.#socket = socket;
    this.#emptied = emptied;
  }

  /** Bytes that the peer has not taken from us: collected, or waiting in the socket. */
  get pendingBytes(): number {
    return this.#bytes + this.#socket.writableLength;
  }

  /** Whether DATA should wait until `emptied`, or until the socket emits `drain`. */
  get full(): boolean {
    return this.#turnBytes >= FULL_BYTES || this.#socket.writableNeedDrain;
  }

  /** Takes bytes to send; the caller changes them no more. */
  push(bytes: Buffer): void {
    if (this.#ended) return;
    this.#buffers.push(bytes);
    this.#bytes += bytes.length;
    this.#turnBytes += bytes.length;
    if (this.#bytes >= LONG_BYTES) this.#write();
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#flush);
  }

  /** Sends what is collected, then closes our half; nothing can be pushed any more. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#write();
    this.#socket.end();
  }

  readonly #flush = (): void => {
    this.#scheduled = false;
    this.#turnBytes = 0;
    if (this.#ended) return;
    this.#write();
    if (!this.#socket.writableNeedDrain) this.#emptied();
  };

  #write(): void {
    const buffers = this.#buffers;
    const bytes = this.#bytes;
    if (buffers.length === 0) return;
    this.#buffers = [];
    this.#bytes = 0;
    if (this.#socket.destroyed) return;
    if (buffers.length === 1) this.#socket.write(buffers[0]);
    else if (bytes < LONG_BYTES) this.#socket.write(Buffer.concat(buffers, bytes));
    else this.#writeEach(buffers);
  }

  #writeEach(buffers: readonly Buffer[]): void {
    this.#socket.cork();
    for (const buffer of buffers) this.#socket.write(buffer);
    this.#socket.uncork();
  }
}
