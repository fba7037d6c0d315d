import { HpackError } from "./errors.js";

/** No number in a header block needs more; five continuation bytes hold it. RFC 7541, section 5.1 lets a decoder bound them. */
const MAX_INTEGER = 2 ** 28;

/** A place in a header block from which its parts are read one after the other. */
export class Cursor {
  readonly #bytes: Buffer;
  readonly #end: number;
  position: number;

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.position = start;
    this.#end = end;
  }

  get atEnd(): boolean {
    return this.position >= this.#end;
  }

  /** The next byte, which stays. */
  peek(): number {
    if (this.position >= this.#end) throw new HpackError("header block ends inside a field");
    return this.#bytes[this.position] as number;
  }

  /** Reads an integer whose first byte has `prefixBits` bits for it. RFC 7541, section 5.1. */
  integer(prefixBits: number): number {
    const most = (1 << prefixBits) - 1;
    let value = this.peek() & most;
    this.position += 1;
    if (value < most) return value;
    for (let shift = 0; ; shift += 7) {
      const byte = this.peek();
      this.position += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (value > MAX_INTEGER || shift > 28) throw new HpackError("integer in header block is too large");
      if (byte < 0x80) return value;
    }
  }

  /** Takes `length` bytes; answers where they begin. */
  skip(length: number): number {
    const start = this.position;
    if (length > this.#end - start) throw new HpackError("string is longer than its header block");
    this.position += length;
    return start;
  }
}
