/**
 * A set of things that come and go all the time, each of which remembers the number of its seat. (A Set would do but for the garbage collector:
 * V8's grows by making a new table that its old one points to, so once an old one has outlived two collections, all tables that follow are kept, and
 * whatever was in them, until the next full collection. With every call in such a set, no call was young garbage.)
 */
export class Seats<T extends object> {
  readonly #seats: (T | undefined)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#seats.length - this.#free.length;
  }

  /** Its seat, until it is taken out. */
  add(it: T): number {
    const seat = this.#free.pop() ?? this.#seats.length;
    this.#seats[seat] = it;
    return seat;
  }

  /** Takes out what sits there. Once for each that was added. */
  remove(seat: number): void {
    this.#seats[seat] = undefined;
    this.#free.push(seat);
  }

  /** In no order. They may be taken out meanwhile. */
  *[Symbol.iterator](): Iterator<T> {
    for (const it of this.#seats) if (it) yield it;
  }
}
