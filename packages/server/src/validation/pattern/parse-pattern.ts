/** What a pattern is made of. */
export type PatternNode =
  | { readonly kind: "character"; readonly codes: ReadonlySet<number> }
  | { readonly kind: "sequence"; readonly parts: readonly PatternNode[] }
  | { readonly kind: "choice"; readonly options: readonly PatternNode[] }
  | { readonly kind: "repeat"; readonly part: PatternNode; readonly least: number; readonly most: number };

/** Characters beyond it are not compiled; what holds them is left to the library. */
export const ALPHABET = 128;
/** As in RE2. */
const MAX_REPEATS = 1_000;

const all = codesOf((code) => code >= 0);
const CLASSES: Readonly<Record<string, ReadonlySet<number>>> = {
  d: codesOf((code) => /[0-9]/.test(String.fromCharCode(code))),
  w: codesOf((code) => /[0-9A-Za-z_]/.test(String.fromCharCode(code))),
  s: codesOf((code) => /[\t\n\f\r ]/.test(String.fromCharCode(code))),
};
const ANY_BUT_NEWLINE = codesOf((code) => code !== 0x0a);

/**
 * Reads a pattern of RE2's syntax: characters, classes, groups, choices and repeats, anchored at both ends or at none, which covers what
 * contracts say. Undefined for everything else.
 */
export function parsePattern(pattern: string): PatternNode | undefined {
  try {
    return new PatternParser(pattern).parse();
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
}

class Unsupported extends Error {}

class PatternParser {
  readonly #text: string;
  #at = 0;

  constructor(pattern: string) {
    this.#text = pattern;
  }

  parse(): PatternNode {
    const startsAnchored = this.#take("^");
    const node = this.#choice();
    const endsAnchored = this.#take("$");
    if (this.#at < this.#text.length) throw new Unsupported();
    // In "^a|b$" each anchor belongs to one option.
    if (node.kind === "choice" && (startsAnchored || endsAnchored)) throw new Unsupported();
    const before = startsAnchored ? [] : [repeat(character(all), 0, Number.POSITIVE_INFINITY)];
    const after = endsAnchored ? [] : [repeat(character(all), 0, Number.POSITIVE_INFINITY)];
    return { kind: "sequence", parts: [...before, node, ...after] };
  }

  #choice(): PatternNode {
    const options = [this.#sequence()];
    while (this.#take("|")) options.push(this.#sequence());
    return options.length === 1 ? (options[0] as PatternNode) : { kind: "choice", options };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (this.#at < this.#text.length && !"|)$".includes(this.#next)) parts.push(this.#repeated());
    return { kind: "sequence", parts };
  }

  #repeated(): PatternNode {
    const part = this.#single();
    if (!"*+?{".includes(this.#next || " ")) return part;
    const { least, most } = this.#bounds();
    // Lazy and possessive repeats, and repeats of repeats.
    if ("*+?{".includes(this.#next || " ")) throw new Unsupported();
    return repeat(part, least, most);
  }

  #bounds(): { least: number; most: number } {
    if (this.#take("*")) return { least: 0, most: Number.POSITIVE_INFINITY };
    if (this.#take("+")) return { least: 1, most: Number.POSITIVE_INFINITY };
    if (this.#take("?")) return { least: 0, most: 1 };
    const found = /^\{(\d+)(,?)(\d*)\}/.exec(this.#text.slice(this.#at));
    if (!found) throw new Unsupported();
    this.#at += found[0].length;
    const least = Number(found[1]);
    const most = found[2] === "" ? least : found[3] === "" ? Number.POSITIVE_INFINITY : Number(found[3]);
    if (least > MAX_REPEATS || most < least || (most > MAX_REPEATS && most !== Number.POSITIVE_INFINITY)) {
      throw new Unsupported();
    }
    return { least, most };
  }

  #single(): PatternNode {
    if (this.#take("(")) return this.#group();
    if (this.#take("[")) return character(this.#class());
    if (this.#take(".")) return character(ANY_BUT_NEWLINE);
    if (this.#take("\\")) return character(this.#escape());
    if ("*+?{}])^$".includes(this.#next)) throw new Unsupported();
    return character(new Set([this.#code()]));
  }

  #group(): PatternNode {
    if (this.#take("?") && !this.#take(":")) throw new Unsupported();
    const node = this.#choice();
    if (!this.#take(")")) throw new Unsupported();
    return node;
  }

  #class(): ReadonlySet<number> {
    const isNegated = this.#take("^");
    const codes = new Set<number>();
    // "[]a]" and "[[:alpha:]]" have a meaning of their own.
    if (this.#next === "]") throw new Unsupported();
    while (!this.#take("]")) {
      if (this.#next === "[") throw new Unsupported();
      for (const code of this.#classPart()) codes.add(code);
    }
    return isNegated ? codesOf((code) => !codes.has(code)) : codes;
  }

  #classPart(): Iterable<number> {
    const first = this.#classCode();
    if (typeof first !== "number") return first;
    if (this.#next !== "-" || this.#text[this.#at + 1] === "]") return [first];
    this.#take("-");
    const last = this.#classCode();
    if (typeof last !== "number" || last < first) throw new Unsupported();
    return codesOf((code) => code >= first && code <= last);
  }

  #classCode(): number | ReadonlySet<number> {
    if (!this.#take("\\")) return this.#code();
    const codes = this.#escape();
    const [only] = codes;
    return codes.size === 1 && only !== undefined ? only : codes;
  }

  #escape(): ReadonlySet<number> {
    const letter = this.#next;
    const known = CLASSES[letter];
    if (!known && /\w/.test(letter)) throw new Unsupported();
    const code = this.#code();
    return known ?? new Set([code]);
  }

  #code(): number {
    const code = this.#text.charCodeAt(this.#at);
    if (!(code < ALPHABET)) throw new Unsupported();
    this.#at += 1;
    return code;
  }

  get #next(): string {
    return this.#text[this.#at] ?? "";
  }

  #take(character: string): boolean {
    if (this.#next !== character) return false;
    this.#at += 1;
    return true;
  }
}

function character(codes: ReadonlySet<number>): PatternNode {
  return { kind: "character", codes };
}

function repeat(part: PatternNode, least: number, most: number): PatternNode {
  return { kind: "repeat", part, least, most };
}

function codesOf(holds: (code: number) => boolean): ReadonlySet<number> {
  return new Set(Array.from({ length: ALPHABET }, (_, code) => code).filter(holds));
}
