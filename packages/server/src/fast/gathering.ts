import type { Stream } from "@charter/wire";
import { keptPiece } from "../http/kept-piece.js";

/** Pieces that are kept apart; more are joined, so that a body sent byte by byte costs its bytes and not an object for each. */
const MAX_PIECES = 64;

/** Room for the whole body is made when this share of it is there, so that nobody is given much for the mere announcement of much. */
const RESERVING_SHARE = 0.125;

/** A body of known length that comes in pieces, until it is whole. The peer may send on as far as somebody waits for it. */
export class Gathering {
  /** Bytes of the whole body. */
  readonly #expected: number;
  readonly #stream: Stream;
  /** What has come while there is no room for the whole. */
  #pieces: Buffer[] = [];
  /** Room for the whole body, which has what has come. */
  #room: Buffer | undefined;
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

  /** Whether nothing that was pushed is needed any more. */
  get hasCopies(): boolean {
    return this.#room !== undefined;
  }

  push(bytes: Buffer): void {
    if (this.#room) bytes.copy(this.#room, this.#received);
    else this.#keep(bytes);
    this.#received += bytes.length;
    this.#makeRoom();
    if (this.#waiting) this.#stream.consumed(bytes.length);
    else this.#heldBack += bytes.length;
  }

  /** Waits for the whole body; undefined where it turns out to be another than its beginning told. */
  whole(): Promise<Buffer | undefined> {
    this.#waiting = Promise.withResolvers();
    this.#stream.consumed(this.#heldBack);
    this.#heldBack = 0;
    this.#makeRoom();
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
    return this.#room?.subarray(0, this.#received) ?? Buffer.concat(this.#pieces, this.#received);
  }

  #keep(bytes: Buffer): void {
    if (this.#pieces.length === MAX_PIECES) this.#pieces = [Buffer.concat(this.#pieces)];
    this.#pieces.push(keptPiece(bytes));
  }

  #makeRoom(): void {
    if (this.#room || !this.#waiting || this.#received < this.#expected * RESERVING_SHARE) return;
    const room = Buffer.allocUnsafe(this.#expected);
    let at = 0;
    for (const piece of this.#pieces) at += piece.copy(room, at);
    this.#room = room;
    this.#pieces = [];
  }
}
