import type { Stream } from "@charter/wire";
import { keptPiece } from "./kept-piece.js";

/** Pieces that are kept apart; more are joined, so that a body sent byte by byte costs its bytes and not an object for each. */
const MAX_PIECES = 64;

/** A request's body as it arrives over the wire. The peer may send on only as far as the pieces are asked for. One reader, once. */
export class IncomingBody implements AsyncIterableIterator<Uint8Array> {
  readonly #stream: Stream;
  #pieces: Buffer[] = [];
  #ended: boolean;
  #failure: Error | undefined;
  #asking: PromiseWithResolvers<IteratorResult<Uint8Array>> | undefined;

  constructor(stream: Stream, ended: boolean) {
    this.#stream = stream;
    this.#ended = ended;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  push(bytes: Buffer): void {
    if (this.#asking) return this.#answer(bytes);
    if (this.#pieces.length === MAX_PIECES) this.#pieces = [Buffer.concat(this.#pieces)];
    this.#pieces.push(keptPiece(bytes));
  }

  end(): void {
    this.#ended = true;
    this.#asking?.resolve({ done: true, value: undefined });
    this.#asking = undefined;
  }

  /** The rest will not come. What has come can still be read. */
  fail(error: Error): void {
    if (this.#ended) return;
    this.#failure ??= error;
    this.#asking?.reject(error);
    this.#asking = undefined;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const piece = this.#pieces.shift();
    if (piece) {
      this.#stream.consumed(piece.length);
      return Promise.resolve({ done: false, value: piece });
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    if (this.#failure) return Promise.reject(this.#failure);
    this.#asking = Promise.withResolvers();
    return this.#asking.promise;
  }

  #answer(bytes: Buffer): void {
    const asking = this.#asking;
    this.#asking = undefined;
    this.#stream.consumed(bytes.length);
    asking?.resolve({ done: false, value: bytes });
  }
}
