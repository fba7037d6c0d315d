import { isIPv4 as isNodeIpv4, isIPv6 as isNodeIpv6 } from "node:net";

/** Four numbers with dots, e.g. 192.0.2.1. */
export function isIpv4(text: string): boolean {
  return isNodeIpv4(text);
}

/** E.g. 2001:db8::1, or ::ffff:192.0.2.1; one with a zone is left to the library. */
export function isIpv6(text: string): boolean {
  return !text.includes("%") && isNodeIpv6(text);
}

/** Either of them. */
export function isIp(text: string): boolean {
  return isIpv4(text) || isIpv6(text);
}
