import { DynamicTable } from "./dynamic-table.js";
import { huffmanEncode, huffmanLength } from "./huffman.js";
import { STATIC_TABLE_LENGTH, staticTable } from "./static-table.js";

/**
 * How a field is sent when no table has it: `index` makes the peer remember it, `literal` does not, `never` also forbids every hop to (for
 * secrets that an attacker could guess bit by bit from sizes; RFC 7541, section 7.1.3).
 */
export type Representation = "index" | "literal" | "never";

/** A header field to send. Names are lower case; characters are bytes (Latin-1). */
export interface EncodedField {
  name: string;
  value: string;
  /** Default `literal`. */
  representation?: Representation;
}

/** First byte and bits for the name's index of each representation. RFC 7541, section 6.2. */
const literalForms = {
  index: { pattern: 0x40, prefixBits: 6 },
  literal: { pattern: 0x00, prefixBits: 4 },
  never: { pattern: 0x10, prefixBits: 4 },
} as const;

/** An integer of at most 32 bits takes at most this many bytes. */
const MAX_INTEGER_BYTES = 6;

const staticNames = new Map<string, number>();
const staticFields = new Map<string, number>();
for (const [position, [name, value]] of staticTable.entries()) {
  if (!staticNames.has(name)) staticNames.set(name, position + 1);
  staticFields.set(`${name}\0${value}`, position + 1);
}

/** Encodes the header blocks of one direction of one connection, in the order in which they are sent. RFC 7541. */
export class HpackEncoder {
  readonly #table: DynamicTable;
  /** Sizes to announce at the start of the next block: the smallest since the last one, and the current. */
  #announce: number[] = [];
  #generation = 0;

  /** @param maxTableSize What the peer's SETTINGS_HEADER_TABLE_SIZE allows at most to be used; 0 remembers nothing. */
  constructor(maxTableSize: number) {
    this.#table = new DynamicTable(maxTableSize);
  }

  /** Changes whenever the table does: bytes made under another generation mean something else now. */
  get generation(): number {
    return this.#generation;
  }

  /** Takes over a new bound from the peer, which the next block must announce, with the smallest one between the two. RFC 7541, section 4.2. */
  resize(maxTableSize: number): void {
    this.#announce = [Math.min(maxTableSize, ...this.#announce), maxTableSize];
    this.#table.resize(maxTableSize);
    this.#generation += 1;
  }

  /** Whether the next block that is sent, whoever made it, must begin with `takeSizeUpdates()`. */
  get mustAnnounceSize(): boolean {
    return this.#announce.length > 0;
  }

  /** What the next block must begin with. RFC 7541, sections 4.2 and 6.3. */
  takeSizeUpdates(): Buffer {
    const target = Buffer.allocUnsafe(2 * MAX_INTEGER_BYTES);
    let at = 0;
    const [smallest, current] = this.#announce;
    if (current === undefined || smallest === undefined) return target.subarray(0, 0);
    if (smallest < current) at = writeInteger(target, at, 0x20, 5, smallest);
    at = writeInteger(target, at, 0x20, 5, current);
    this.#announce = [];
    return target.subarray(0, at);
  }

  /** Encodes fields: a header block, or a part of one. */
  encode(fields: readonly EncodedField[]): Buffer {
    const target = Buffer.allocUnsafe(worstCase(fields));
    let at = 0;
    for (const field of fields) at = this.#writeField(target, at, field);
    return target.subarray(0, at);
  }

  #writeField(target: Buffer, at: number, { name, value, representation = "literal" }: EncodedField): number {
    const known = representation === "never" ? undefined : this.#indexOfField(name, value);
    if (known !== undefined) return writeInteger(target, at, 0x80, 7, known);
    const { pattern, prefixBits } = literalForms[representation];
    const nameIndex = this.#indexOfName(name) ?? 0;
    let next = writeInteger(target, at, pattern, prefixBits, nameIndex);
    if (nameIndex === 0) next = writeString(target, next, name);
    next = writeString(target, next, value);
    if (representation === "index") this.#remember(name, value);
    return next;
  }

  #remember(name: string, value: string): void {
    if (this.#table.insert(name, value)) this.#generation += 1;
  }

  #indexOfField(name: string, value: string): number | undefined {
    const fixed = staticFields.get(`${name}\0${value}`);
    if (fixed !== undefined) return fixed;
    for (let index = 0; index < this.#table.length; index += 1) {
      if (this.#table.nameAt(index) === name && this.#table.valueAt(index) === value)
        return STATIC_TABLE_LENGTH + 1 + index;
    }
    return undefined;
  }

  #indexOfName(name: string): number | undefined {
    const fixed = staticNames.get(name);
    if (fixed !== undefined) return fixed;
    for (let index = 0; index < this.#table.length; index += 1) {
      if (this.#table.nameAt(index) === name) return STATIC_TABLE_LENGTH + 1 + index;
    }
    return undefined;
  }
}

/** Bytes that suffice for the block: for each field an index, two lengths and its characters uncoded. */
function worstCase(fields: readonly EncodedField[]): number {
  let bytes = 0;
  for (const { name, value } of fields) bytes += 3 * MAX_INTEGER_BYTES + name.length + value.length;
  return bytes;
}

/** RFC 7541, section 5.1. */
function writeInteger(
  target: Buffer,
  at: number,
  pattern: number,
  prefixBits: number,
  value: number,
): number {
  const most = (1 << prefixBits) - 1;
  if (value < most) {
    target[at] = pattern | value;
    return at + 1;
  }
  target[at] = pattern | most;
  let next = at + 1;
  let rest = value - most;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) target[next++] = (rest % 0x80) | 0x80;
  target[next++] = rest;
  return next;
}

/** Huffman coded where that is shorter. RFC 7541, section 5.2. */
function writeString(target: Buffer, at: number, text: string): number {
  const coded = huffmanLength(text);
  if (coded < text.length) return huffmanEncode(text, target, writeInteger(target, at, 0x80, 7, coded));
  const next = writeInteger(target, at, 0x00, 7, text.length);
  return next + target.write(text, next, "latin1");
}
