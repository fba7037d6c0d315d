import { BlockCache, NO_SLOT } from "./block-cache.js";
import { Cursor } from "./cursor.js";
import { DynamicTable, fieldSize } from "./dynamic-table.js";
import { HpackError } from "./errors.js";
import { HeaderBlock } from "./header-block.js";
import { huffmanDecode } from "./huffman.js";
import { STATIC_TABLE_LENGTH, staticTable } from "./static-table.js";

export interface DecoderLimits {
  /** What SETTINGS_HEADER_TABLE_SIZE told the peer: the most bytes that it may make the table hold. */
  maxTableSize: number;
  /** The most bytes of all fields of one block, counted as RFC 9113, section 6.5.2 does (32 more for each field). */
  maxListSize: number;
  /** The most fields in one block. Many tiny ones cost more than their bytes say. */
  maxFields: number;
}

/**
 * A list may be so many times as large as allowed and is still decoded to its end. Beyond that a block of a few bytes would cost more and
 * more work: one byte can name a field of the table again.
 */
const MOST_EXCESS = 4;

/** The block was decoded, so the tables agree, but it has more than was allowed: the stream can be refused and the connection goes on. */
export class HeaderListTooLargeError extends Error {
  constructor() {
    super("header list is larger than allowed");
    this.name = "HeaderListTooLargeError";
  }
}

/** The block means so much more than allowed that it was given up: the tables no longer agree, and the connection cannot go on. */
export class HeaderBombError extends Error {
  constructor() {
    super("header list is far larger than allowed");
    this.name = "HeaderBombError";
  }
}

/** Decodes the header blocks of one direction of one connection, in the order of the wire. RFC 7541. */
export class HpackDecoder {
  readonly #table: DynamicTable;
  readonly #limits: DecoderLimits;
  readonly #cache = new BlockCache();

  constructor(limits: DecoderLimits) {
    this.#limits = limits;
    this.#table = new DynamicTable(limits.maxTableSize);
  }

  /**
   * Decodes `bytes` from `start` to `end`, which is one whole header block. Throws HpackError for a block that breaks the format (the
   * connection must end with COMPRESSION_ERROR), HeaderListTooLargeError for one that is well formed and too large, and HeaderBombError for one
   * that is too large by far.
   */
  decode(bytes: Buffer, start: number, end: number): HeaderBlock {
    const same = this.#cache.again(bytes, start, end);
    if (same) return same;
    const slot = this.#cache.slotOf(bytes, start, end);
    const known = slot === NO_SLOT ? undefined : this.#cache.get(slot, bytes, start, end);
    if (known) return known;
    const reading = new Reading(bytes, start, end, this.#table, this.#limits);
    const block = reading.run();
    if (reading.changedTable) this.#cache.clear();
    else if (slot !== NO_SLOT) this.#cache.set(slot, bytes, start, end, block);
    return block;
  }
}

/** One pass over one block. */
class Reading {
  readonly #bytes: Buffer;
  readonly #cursor: Cursor;
  readonly #table: DynamicTable;
  readonly #limits: DecoderLimits;
  readonly #fields: string[] = [];
  #listSize = 0;
  #count = 0;
  #tooLarge = false;
  changedTable = false;

  constructor(bytes: Buffer, start: number, end: number, table: DynamicTable, limits: DecoderLimits) {
    this.#bytes = bytes;
    this.#cursor = new Cursor(bytes, start, end);
    this.#table = table;
    this.#limits = limits;
  }

  run(): HeaderBlock {
    while (!this.#cursor.atEnd) this.#field();
    if (this.#tooLarge) throw new HeaderListTooLargeError();
    return new HeaderBlock(this.#fields);
  }

  /** The first bits of a byte say what follows. RFC 7541, section 6. */
  #field(): void {
    const first = this.#cursor.peek();
    if (first >= 0x80) this.#indexed();
    else if (first >= 0x40) this.#literal(6, true);
    else if (first >= 0x20) this.#resize();
    else this.#literal(4, false);
  }

  #indexed(): void {
    const index = this.#cursor.integer(7);
    this.#add(this.#nameAt(index), this.#valueAt(index));
  }

  #literal(prefixBits: number, remember: boolean): void {
    const index = this.#cursor.integer(prefixBits);
    const name = index === 0 ? this.#string() : this.#nameAt(index);
    const value = this.#string();
    this.#add(name, value);
    if (!remember) return;
    this.#table.insert(name, value);
    this.changedTable = true;
  }

  /** Only at the start of a block, and never above what was allowed. RFC 7541, sections 4.2 and 6.3. */
  #resize(): void {
    const size = this.#cursor.integer(5);
    if (this.#count > 0) throw new HpackError("table size update after a field");
    if (size > this.#limits.maxTableSize) throw new HpackError("table size update above the limit");
    this.#table.resize(size);
    this.changedTable = true;
  }

  #string(): string {
    const coded = this.#cursor.peek() >= 0x80;
    const length = this.#cursor.integer(7);
    const start = this.#cursor.skip(length);
    return coded
      ? huffmanDecode(this.#bytes, start, start + length)
      : this.#bytes.toString("latin1", start, start + length);
  }

  /** A list that is too large is still decoded to its end, so that the tables agree, but no longer kept. */
  #add(name: string, value: string): void {
    this.#count += 1;
    this.#listSize += fieldSize(name, value);
    const { maxListSize, maxFields } = this.#limits;
    if (this.#listSize > MOST_EXCESS * maxListSize || this.#count > MOST_EXCESS * maxFields)
      throw new HeaderBombError();
    if (this.#listSize > maxListSize || this.#count > maxFields) this.#tooLarge = true;
    else this.#fields.push(name, value);
  }

  #nameAt(index: number): string {
    const name =
      index <= STATIC_TABLE_LENGTH
        ? staticTable[index - 1]?.[0]
        : this.#table.nameAt(index - STATIC_TABLE_LENGTH - 1);
    if (name === undefined) throw new HpackError(`there is no field at index ${index}`);
    return name;
  }

  #valueAt(index: number): string {
    const value =
      index <= STATIC_TABLE_LENGTH
        ? staticTable[index - 1]?.[1]
        : this.#table.valueAt(index - STATIC_TABLE_LENGTH - 1);
    if (value === undefined) throw new HpackError(`there is no field at index ${index}`);
    return value;
  }
}
