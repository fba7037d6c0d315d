/** The body of a response, in pieces as they came. What the receiver has not taken is bounded by the stream's window. */
export class ResponseBody implements AsyncIterable<Uint8Array> {
  readonly #pieces: Buffer[] = [];
  #state: "open" | "ended" | { readonly error: Error } = "open";
  #wake: (() => void) | undefined;
  #whenEnded: (() => void) | undefined;
  /** Told how many bytes were taken. */
  onUsed: ((bytes: number) => void) | undefined;

  /** Calls back once when the end, good or bad, is known. */
  whenEnded(callback: () => void): void {
    if (this.#state === "open") this.#whenEnded = callback;
    else callback();
  }

  push(bytes: Buffer): void {
    // A copy, for a piece may be kept for long and is a view of a larger chunk.
    this.#pieces.push(Buffer.from(bytes));
    this.#wake?.();
  }

  end(): void {
    this.#settle("ended");
  }

  /** Ends it with an error behind what has come; nothing where the end has come. */
  fail(error: Error): void {
    this.#settle({ error });
  }

  /** As `fail`, but drops what has come. */
  discard(error: Error): void {
    this.#pieces.length = 0;
    this.fail(error);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece) {
        this.onUsed?.(piece.byteLength);
        yield piece;
      } else if (this.#state === "ended") return;
      else if (this.#state !== "open") throw this.#state.error;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }

  #settle(state: "ended" | { readonly error: Error }): void {
    if (this.#state !== "open") return;
    this.#state = state;
    this.#wake?.();
    this.#whenEnded?.();
  }
}
