import type { HeaderBlock } from "./header-block.js";

/** Most blocks that are remembered, each at most MAX_BLOCK_BYTES long; a power of two. */
const SLOTS = 64;
/** Enough for a signed token, which clients send as a literal in every block because it must not be indexed. */
const MAX_BLOCK_BYTES = 768;

/** `slotOf` says it of a block that is not worth a look. */
export const NO_SLOT = -1;

interface Entry {
  readonly bytes: Buffer;
  readonly block: HeaderBlock;
}

/**
 * Blocks that came more than once, each in the slot that its bytes choose. Most requests of a client have the same block, or each its own (a
 * timeout, a trace id): the first are found here, and the second cost a fingerprint and no memory.
 */
export class BlockCache {
  readonly #entries: (Entry | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #fingerprints = new Uint32Array(SLOTS);
  #isEmpty = true;
  /** The one that was found or kept last: a client's next request is mostly like the one before. */
  #newest: Entry | undefined;

  /** What these bytes mean, where they are those of the block that was found last: a comparison, and no fingerprint. */
  again(bytes: Buffer, start: number, end: number): HeaderBlock | undefined {
    const newest = this.#newest;
    return newest && areEqual(newest.bytes, bytes, start, end) ? newest.block : undefined;
  }

  /** The slot of a block that seems to have come before; NO_SLOT for one that has not, or is too long to keep. */
  slotOf(bytes: Buffer, start: number, end: number): number {
    if (end - start > MAX_BLOCK_BYTES) return NO_SLOT;
    const fingerprint = fingerprintOf(bytes, start, end);
    const slot = fingerprint & (SLOTS - 1);
    if (this.#fingerprints[slot] === fingerprint) return slot;
    this.#fingerprints[slot] = fingerprint;
    return NO_SLOT;
  }

  /** What these bytes mean, where the slot holds them. */
  get(slot: number, bytes: Buffer, start: number, end: number): HeaderBlock | undefined {
    const entry = this.#entries[slot];
    if (!entry || !areEqual(entry.bytes, bytes, start, end)) return undefined;
    this.#newest = entry;
    return entry.block;
  }

  set(slot: number, bytes: Buffer, start: number, end: number, block: HeaderBlock): void {
    this.#newest = { bytes: Buffer.from(bytes.subarray(start, end)), block };
    this.#entries[slot] = this.#newest;
    this.#isEmpty = false;
  }

  /** A table has changed: the same bytes may mean something else now. */
  clear(): void {
    if (this.#isEmpty) return;
    this.#entries.fill(undefined);
    this.#newest = undefined;
    this.#isEmpty = true;
  }
}

/** FNV-1a, 32 bits. It only guesses; `get` compares the bytes themselves. */
function fingerprintOf(bytes: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index += 1)
    hash = Math.imul(hash ^ (bytes[index] as number), 0x01000193);
  return hash >>> 0;
}

function areEqual(known: Buffer, bytes: Buffer, start: number, end: number): boolean {
  return known.length === end - start && bytes.compare(known, 0, known.length, start, end) === 0;
}
