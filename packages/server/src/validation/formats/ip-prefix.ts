import { isIpv4, isIpv6 } from "./ip.js";

const LENGTH = /^(?:0|[1-9]\d{0,2})$/;
const BITS = { 4: 32, 6: 128 };

/** An address and how many bits of it are the network's, e.g. 192.0.2.1/24. */
export function isPrefix(text: string, version: 4 | 6): boolean {
  const slash = text.indexOf("/");
  if (slash < 0) return false;
  const length = text.slice(slash + 1);
  if (!LENGTH.test(length) || Number(length) > BITS[version]) return false;
  const address = text.slice(0, slash);
  return version === 4 ? isIpv4(address) : isIpv6(address);
}

/** The same where all bits behind the network's are zero, e.g. 192.0.2.0/24. */
export function isNetwork(text: string, version: 4 | 6): boolean {
  if (!isPrefix(text, version)) return false;
  const [address = "", length] = text.split("/");
  const groups = version === 4 ? address.split(".").map(Number) : groupsOf(address);
  return isZeroFrom(groups, version === 4 ? 8 : 16, Number(length));
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = "", tail] = address.split("::");
  if (tail === undefined) return numbersOf(head);
  const [first, last] = [numbersOf(head), numbersOf(tail)];
  return [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
}

/** Its last 32 bits may be written as an IPv4 address. */
function numbersOf(groups: string): number[] {
  if (groups === "") return [];
  return groups.split(":").flatMap((group) => {
    if (!group.includes(".")) return Number.parseInt(group, 16);
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

function isZeroFrom(groups: readonly number[], width: number, length: number): boolean {
  return groups.every((group, index) => {
    const ofNetwork = Math.min(Math.max(length - index * width, 0), width);
    return group % 2 ** (width - ofNetwork) === 0;
  });
}
