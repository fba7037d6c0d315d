import type { Stream } from "@charter/wire";

/** Pieces that are kept apart; more are joined, so that a body sent byte by byte costs its bytes and not an object for each. */
const MAX_PIECES = 64;

/** A body of known length that comes in pieces, until it is whole. The peer may send on as far as somebody waits for it. */
export class Gathering {
  /** Bytes of the whole body. */
  readonly #expected: number;
  readonly #stream: Stream;
  #pieces: Buffer[] = [];
  #received = 0;
  /** Bytes that the peer has not been told of, for nobody waits. */
  #heldBack = 0;
  #isOver = false;
  #waiting: PromiseWithResolvers<Buffer | undefined> | undefined;

  constructor(stream: Stream, expected: number) {
    this.#stream = stream;
    this.#expected = expected;
  }

  get isWhole(): boolean {
    return this.#received === this.#expected;
  }

  /** Whether there is room for so many bytes more. */
  takes(length: number): boolean {
    return this.#received + length <= this.#expected;
  }

  push(bytes: Buffer): void {
    if (this.#pieces.length === MAX_PIECES) this.#pieces = [Buffer.concat(this.#pieces)];
    this.#pieces.push(bytes);
    this.#received += bytes.length;
    if (this.#waiting) this.#stream.consumed(bytes.length);
    else this.#heldBack += bytes.length;
  }

  /** Waits for the whole body; undefined where it turns out to be another than its beginning told. */
  whole(): Promise<Buffer | undefined> {
    this.#waiting = Promise.withResolvers();
    this.#stream.consumed(this.#heldBack);
    this.#heldBack = 0;
    if (this.#isOver) this.end();
    return this.#waiting.promise;
  }

  /** No more comes, or what comes is no part of it. */
  end(): void {
    this.#isOver = true;
    this.#waiting?.resolve(this.isWhole ? this.join() : undefined);
  }

  /** Nobody has use for it any more. */
  fail(error: Error): void {
    this.#waiting?.reject(error);
  }

  /** What has come. */
  join(): Buffer {
    return Buffer.concat(this.#pieces, this.#received);
  }
}
