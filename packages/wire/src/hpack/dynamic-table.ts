/** What a field costs in a table beside its characters. RFC 7541, section 4.1. */
const FIELD_OVERHEAD = 32;

/** The size that RFC 7541, section 4.1 gives to a field. */
export const fieldSize = (name: string, value: string): number => name.length + value.length + FIELD_OVERHEAD;

/** The fields that one end has told the other to remember, newest first, in a bounded number of bytes. RFC 7541, section 2.3.2. */
export class DynamicTable {
  /** Oldest first, so that an insertion moves nothing; `#first` is the oldest that is still there. */
  #names: string[] = [];
  #values: string[] = [];
  #first = 0;
  #size = 0;
  #maxSize: number;

  /** @param maxSize Most bytes, counted as `fieldSize` does. */
  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  get length(): number {
    return this.#names.length - this.#first;
  }

  get size(): number {
    return this.#size;
  }

  get maxSize(): number {
    return this.#maxSize;
  }

  /** The name of the field at an index from 0, the newest; undefined beyond the oldest. */
  nameAt(index: number): string | undefined {
    return index < this.length ? this.#names[this.#names.length - 1 - index] : undefined;
  }

  /** The value of the field at an index from 0, the newest; undefined beyond the oldest. */
  valueAt(index: number): string | undefined {
    return index < this.length ? this.#values[this.#values.length - 1 - index] : undefined;
  }

  /** Adds a field, pushing out the oldest ones. One that is larger than the table empties it. Answers whether anything changed. */
  insert(name: string, value: string): boolean {
    const size = fieldSize(name, value);
    const wasEmpty = this.length === 0;
    this.#evictTo(this.#maxSize - size);
    if (size > this.#maxSize) return !wasEmpty;
    this.#names.push(name);
    this.#values.push(value);
    this.#size += size;
    return true;
  }

  /** Changes the bound, pushing out what does not fit any more. */
  resize(maxSize: number): void {
    this.#maxSize = maxSize;
    this.#evictTo(maxSize);
  }

  #evictTo(size: number): void {
    while (this.#size > size && this.length > 0) {
      this.#size -= fieldSize(this.#names[this.#first] as string, this.#values[this.#first] as string);
      this.#first += 1;
    }
    // Most of the array is dead: let it go, at a cost that the insertions before have paid for.
    if (this.#first > 64 && this.#first > this.#names.length / 2) {
      this.#names = this.#names.slice(this.#first);
      this.#values = this.#values.slice(this.#first);
      this.#first = 0;
    }
  }
}
