import { isIPv6 } from "node:net";

/**
 * The part of an address that counts as one caller: an IPv4 address as a whole, of an IPv6 address the first 64 bits, for
 * whoever has one address there has them all (RFC 4291, section 2.5.4; RFC 6177).
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [plain = ""] = address.split("%");
  const [before = "", after] = plain.split("::");
  const head = groupsOf(before);
  const missing = after === undefined ? 0 : 8 - head.length - groupsOf(after).length;
  const groups = [...head, ...Array<string>(missing).fill("0"), ...groupsOf(after ?? "")];
  return `${groups
    .slice(0, 4)
    .map((it) => Number.parseInt(it, 16).toString(16))
    .join(":")}::/64`;
}

/** The 16-bit groups of a part of an address; an IPv4 address at its end stands for two. */
function groupsOf(part: string): string[] {
  return part === "" ? [] : part.split(":").flatMap((it) => (it.includes(".") ? ["0", "0"] : [it]));
}
