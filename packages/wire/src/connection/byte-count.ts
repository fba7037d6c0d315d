/** Honest peers that take long answers through small windows may have a quarter wait at any time, and take it. */
const PRESSED_SHARE = 0.5;

/** Bytes that are held now, up to a bound of one's own and that of a whole to which one belongs. */
export class ByteCount {
  readonly #most: number;
  readonly #whole: ByteCount | undefined;
  #bytes = 0;

  constructor(most: number, whole?: ByteCount) {
    this.#most = most;
    this.#whole = whole;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether nothing more should be added, here or to the whole. */
  get isFull(): boolean {
    return this.#bytes >= this.#most || this.#whole?.isFull === true;
  }

  /** Whether so much is held that whoever does not take it should not be waited for as long as usual. */
  get isPressed(): boolean {
    return this.#bytes >= this.#most * PRESSED_SHARE;
  }

  /** Adds bytes here and to the whole; a negative number removes them. */
  add(bytes: number): void {
    this.#bytes += bytes;
    this.#whole?.add(bytes);
  }
}
