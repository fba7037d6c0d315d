import { isIpv4, isIpv6 } from "./ip.js";

const MAX_NAME = 253;
const MAX_LABEL = 63;
const MAX_PORT = 65_535;
const HYPHEN = 0x2d;

/** A name like shop.example.com, with or without a dot at its end; the last label is more than digits. */
export function isHostname(text: string): boolean {
  return text.length <= MAX_NAME && hasLabels(text, text.endsWith(".") ? text.length - 1 : text.length);
}

function hasLabels(text: string, end: number): boolean {
  let start = 0;
  for (;;) {
    const dot = text.indexOf(".", start);
    const labelEnd = dot < 0 || dot > end ? end : dot;
    if (!isLabel(text, start, labelEnd)) return false;
    if (labelEnd === end) return !isNumber(text, start, end);
    start = labelEnd + 1;
  }
}

function isLabel(text: string, start: number, end: number): boolean {
  if (end <= start || end - start > MAX_LABEL) return false;
  if (text.charCodeAt(start) === HYPHEN || text.charCodeAt(end - 1) === HYPHEN) return false;
  for (let index = start; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (!isDigit(code) && !isLetter(code) && code !== HYPHEN) return false;
  }
  return true;
}

/** `[::1]:80`, `192.0.2.1:80` or `example.com:80`. */
export function isHostAndPort(text: string): boolean {
  const colon = text.lastIndexOf(":");
  if (colon < 0 || !isPort(text, colon + 1)) return false;
  if (text.startsWith("[")) return text[colon - 1] === "]" && isIpv6(text.slice(1, colon - 1));
  const host = text.slice(0, colon);
  return isHostname(host) || isIpv4(host);
}

function isPort(text: string, start: number): boolean {
  const digits = text.length - start;
  if (digits > 5 || !isNumber(text, start, text.length)) return false;
  if (digits > 1 && text[start] === "0") return false;
  return Number(text.slice(start)) <= MAX_PORT;
}

/** Digits only, and at least one. */
function isNumber(text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    if (!isDigit(text.charCodeAt(index))) return false;
  }
  return end > start;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}
