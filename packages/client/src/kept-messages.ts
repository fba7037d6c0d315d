/** Messages of a stream's beginning that are kept, so that it can be sent again: the first, and the one that is waited for. */
const KEPT = 2;

/**
 * The request messages of a stream, handed to one attempt after another. Until an attempt was answered, what an attempt took is
 * kept for the next one and its end does not end the source.
 */
export class KeptMessages<T> {
  readonly #source: AsyncIterator<T>;
  readonly #pulled: Promise<IteratorResult<T>>[] = [];
  #count = 0;
  /** Messages that were asked for and have not come. */
  #waiting = 0;
  #committed = false;

  constructor(source: AsyncIterable<T>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Whether another attempt would see all that the last one saw. */
  get replayable(): boolean {
    return !this.#committed && this.#count <= KEPT;
  }

  /** No other attempt follows: from now on the end of the attempt ends the source. */
  commit(): void {
    this.#committed = true;
  }

  /** To be called when the call has ended. Ends the source, which may be waiting for a message that never comes. */
  async release(): Promise<void> {
    this.commit();
    const ended = this.#source.return?.();
    // A source that waits hears of its end when it next wakes; by then nobody is left to be told of what it throws.
    if (this.#waiting > 0) ended?.catch(() => undefined);
    else await ended;
  }

  /** The messages for one attempt, from the first. */
  replay(): AsyncIterable<T> {
    let at = 0;
    const iterator: AsyncIterator<T> = {
      next: () => {
        at += 1;
        return this.#nth(at - 1);
      },
      return: async () => {
        if (this.#committed) await this.#source.return?.();
        return { done: true, value: undefined };
      },
      throw: async (error: unknown) => {
        if (this.#committed) await this.#source.throw?.(error);
        return { done: true, value: undefined };
      },
    };
    return { [Symbol.asyncIterator]: () => iterator };
  }

  #nth(index: number): Promise<IteratorResult<T>> {
    const kept = index < KEPT ? this.#pulled[index] : undefined;
    if (kept) return kept;
    const pull = this.#source.next();
    this.#count += 1;
    this.#waiting += 1;
    const arrived = () => {
      this.#waiting -= 1;
    };
    pull.then(arrived, arrived);
    if (index < KEPT) this.#pulled.push(pull);
    return pull;
  }
}
