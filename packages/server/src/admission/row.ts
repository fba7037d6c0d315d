/** Something that can stand in a row. */
export class Standing {
  /** Set by its row. */
  before: Standing | undefined = undefined;
  /** Set by its row. */
  behind: Standing | undefined = undefined;
}

/** A queue that any member can leave at once, wherever it stands. */
export class Row<T extends Standing> {
  #first: T | undefined;
  #last: T | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): T | undefined {
    return this.#first;
  }

  get last(): T | undefined {
    return this.#last;
  }

  /** Puts one that stands in no row at the end. */
  push(one: T): void {
    one.before = this.#last;
    if (this.#last) this.#last.behind = one;
    else this.#first = one;
    this.#last = one;
    this.#size += 1;
  }

  /** Takes out one that stands in this row. */
  remove(one: T): void {
    const { before, behind } = one;
    if (before) before.behind = behind;
    else this.#first = behind as T | undefined;
    if (behind) behind.before = before;
    else this.#last = before as T | undefined;
    one.before = undefined;
    one.behind = undefined;
    this.#size -= 1;
  }

  /** In their order. The one that was given last may leave meanwhile. */
  *[Symbol.iterator](): Iterator<T> {
    for (let one = this.#first; one; ) {
      const next = one.behind as T | undefined;
      yield one;
      one = next;
    }
  }
}
