import type { HeaderBlock } from "./header-block.js";

/** Most blocks that are remembered, each at most MAX_BLOCK_BYTES long. */
const MAX_BLOCKS = 64;
const MAX_BLOCK_BYTES = 256;
/** Fingerprints of blocks that came lately; a power of two. */
const FINGERPRINTS = 256;

/**
 * Blocks that came more than once. Most requests of a client have the same block, or each its own (a timeout, a trace id): the first are
 * found here, and the second cost a fingerprint and no memory.
 */
export class BlockCache {
  readonly #blocks = new Map<string, HeaderBlock>();
  readonly #fingerprints = new Uint32Array(FINGERPRINTS);

  /** A key for a block that seems to have come before; undefined for one that has not, or is too long to keep. */
  keyOf(bytes: Buffer, start: number, end: number): string | undefined {
    if (end - start > MAX_BLOCK_BYTES) return undefined;
    const fingerprint = fingerprintOf(bytes, start, end);
    const slot = fingerprint & (FINGERPRINTS - 1);
    if (this.#fingerprints[slot] === fingerprint) return bytes.toString("latin1", start, end);
    this.#fingerprints[slot] = fingerprint;
    return undefined;
  }

  get(key: string): HeaderBlock | undefined {
    return this.#blocks.get(key);
  }

  set(key: string, block: HeaderBlock): void {
    if (this.#blocks.size >= MAX_BLOCKS) this.#blocks.clear();
    this.#blocks.set(key, block);
  }

  /** A table has changed: the same bytes may mean something else now. */
  clear(): void {
    if (this.#blocks.size > 0) this.#blocks.clear();
  }
}

/** FNV-1a, 32 bits. It only guesses; `get` compares the bytes themselves. */
function fingerprintOf(bytes: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index += 1)
    hash = Math.imul(hash ^ (bytes[index] as number), 0x01000193);
  return hash >>> 0;
}
