import type { Check } from "../check.js";

/** Between how many characters a text may have; a character is a code point, which takes one or two units of UTF-16. */
export function hasCharacters(least: number, most: number): Check<string> {
  return (text) => {
    // Most texts need no count.
    if (text.length <= most && text.length >= least * 2) return true;
    if (text.length < least || text.length > most * 2) return false;
    const characters = countCharacters(text);
    return characters >= least && characters <= most;
  };
}

/** Between how many bytes a text may have as UTF-8, where a unit of UTF-16 takes one to three. */
export function hasBytes(least: number, most: number): Check<string> {
  return (text) => {
    if (text.length >= least && text.length * 3 <= most) return true;
    if (text.length * 3 < least || text.length > most) return false;
    const bytes = Buffer.byteLength(text);
    return bytes >= least && bytes <= most;
  };
}

function countCharacters(text: string): number {
  let characters = text.length;
  for (let index = 1; index < text.length; index += 1) {
    if (!isLowSurrogate(text.charCodeAt(index)) || !isHighSurrogate(text.charCodeAt(index - 1))) continue;
    characters -= 1;
    index += 1; // the next unit begins a character
  }
  return characters;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
