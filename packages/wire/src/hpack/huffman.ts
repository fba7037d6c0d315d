import { HpackError } from "./errors.js";
import { huffmanCodeLengths } from "./huffman-code-lengths.js";

const END_OF_STRING = 256;
const NIBBLES = 16;
/** A transition that no valid string takes. */
const INVALID = 0xffff;
/** A transition that completes no symbol. */
const NO_SYMBOL = 0xffff;

const SHORTEST_CODE_BITS = 5;
/** Where a string of common length is decoded before it is made; used within one call only. */
const scratch = Buffer.allocUnsafe(4_096);

const codes = canonicalCodes();
const machine = buildMachine();

/** Length in bytes of the Huffman coded form of a string of Latin-1 characters. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let index = 0; index < text.length; index += 1)
    bits += huffmanCodeLengths[text.charCodeAt(index)] as number;
  return (bits + 7) >> 3;
}

/** Writes the Huffman coded form of a string of Latin-1 characters at `offset`; answers the offset behind it. RFC 7541, section 5.2. */
export function huffmanEncode(text: string, target: Buffer, offset: number): number {
  let pending = 0;
  let pendingBits = 0;
  let at = offset;
  for (let index = 0; index < text.length; index += 1) {
    const symbol = text.charCodeAt(index);
    const length = huffmanCodeLengths[symbol] as number;
    // At most 7 pending bits and 30 new ones: beyond 32-bit integers, so in ordinary arithmetic.
    pending = pending * 2 ** length + (codes[symbol] as number);
    pendingBits += length;
    while (pendingBits >= 8) {
      pendingBits -= 8;
      const byte = Math.floor(pending / 2 ** pendingBits);
      target[at++] = byte;
      pending -= byte * 2 ** pendingBits;
    }
  }
  if (pendingBits > 0) {
    const padding = 8 - pendingBits;
    target[at++] = (pending << padding) | ((1 << padding) - 1);
  }
  return at;
}

/** Decodes a Huffman coded string to Latin-1. Throws HpackError for a code that does not exist or a padding that is not one. */
export function huffmanDecode(bytes: Buffer, start: number, end: number): string {
  const { next, symbols, mayEnd } = machine;
  const most = Math.ceil(((end - start) * 8) / SHORTEST_CODE_BITS);
  const out = most <= scratch.length ? scratch : Buffer.allocUnsafe(most);
  let length = 0;
  let state = 0;
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index] as number;
    for (let shift = 4; shift >= 0; shift -= 4) {
      const transition = state * NIBBLES + ((byte >> shift) & 0x0f);
      state = next[transition] as number;
      if (state === INVALID) throw new HpackError("Huffman code does not exist");
      const symbol = symbols[transition] as number;
      if (symbol !== NO_SYMBOL) out[length++] = symbol;
    }
  }
  if (mayEnd[state] === 0) throw new HpackError("Huffman padding is not a prefix of the end-of-string code");
  return out.toString("latin1", 0, length);
}

function canonicalCodes(): number[] {
  const result: number[] = [];
  const symbols = huffmanCodeLengths.map((length, symbol) => ({ length, symbol }));
  symbols.sort((a, b) => a.length - b.length || a.symbol - b.symbol);
  let code = 0;
  let previous = 0;
  for (const { length, symbol } of symbols) {
    code *= 2 ** (length - previous);
    result[symbol] = code;
    code += 1;
    previous = length;
  }
  return result;
}

interface Machine {
  /** state x nibble -> state. A state is a place in the tree of codes; 0 is its root. */
  next: Uint16Array;
  /** state x nibble -> symbol that this nibble completes; no code is shorter than a nibble, so there is at most one. */
  symbols: Uint16Array;
  /** Whether a string may end in the state: fewer than eight bits since the last symbol, all of them ones. */
  mayEnd: Uint8Array;
}

type Node = [zero: Node | number, one: Node | number];

function buildMachine(): Machine {
  const { root, nodes } = buildTree();
  const index = new Map(nodes.map((node, state) => [node, state]));
  const next = new Uint16Array(nodes.length * NIBBLES).fill(INVALID);
  const symbols = new Uint16Array(nodes.length * NIBBLES).fill(NO_SYMBOL);
  for (const [state, node] of nodes.entries()) {
    for (let nibble = 0; nibble < NIBBLES; nibble += 1) {
      const walked = walk(root, node, nibble);
      if (!walked) continue;
      next[state * NIBBLES + nibble] = index.get(walked.node) as number;
      symbols[state * NIBBLES + nibble] = walked.symbol;
    }
  }
  return { next, symbols, mayEnd: endStates(root, index) };
}

function buildTree(): { root: Node; nodes: Node[] } {
  const nodes: Node[] = [];
  const make = (): Node => {
    const node: Node = [-1, -1];
    nodes.push(node);
    return node;
  };
  const root = make();
  for (const [symbol, length] of huffmanCodeLengths.entries()) {
    let node = root;
    for (let bit = length - 1; bit > 0; bit -= 1) {
      const side = Math.floor((codes[symbol] as number) / 2 ** bit) % 2 === 1 ? 1 : 0;
      if (typeof node[side] === "number") node[side] = make();
      node = node[side] as Node;
    }
    node[(codes[symbol] as number) % 2 === 1 ? 1 : 0] = symbol;
  }
  return { root, nodes };
}

function walk(root: Node, from: Node, nibble: number): { node: Node; symbol: number } | undefined {
  let node = from;
  let symbol = NO_SYMBOL;
  for (let bit = 3; bit >= 0; bit -= 1) {
    const child = node[(nibble >> bit) & 1 ? 1 : 0];
    if (child === END_OF_STRING) return undefined;
    if (typeof child === "number") {
      symbol = child;
      node = root;
    } else node = child;
  }
  return { node, symbol };
}

function endStates(root: Node, index: ReadonlyMap<Node, number>): Uint8Array {
  const mayEnd = new Uint8Array(index.size);
  let node = root;
  for (let ones = 0; ones < 8; ones += 1) {
    mayEnd[index.get(node) as number] = 1;
    node = node[1] as Node;
  }
  return mayEnd;
}
