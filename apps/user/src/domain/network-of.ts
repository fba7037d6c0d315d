const groupsOfNetwork = 4;
const groupsOfAddress = 8;

/**
 * The network that a peer's attempts are counted under: an IPv4 address itself, of an IPv6 address the /64, for
 * whoever has one address of it has all 2^64. What is no address is its own network.
 */
export function networkOf(address: string): string {
  const [bare = ""] = address.toLowerCase().split("%");
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  if (mapped) return mapped;
  if (!bare.includes(":")) return bare;
  const network = expand(bare).slice(0, groupsOfNetwork);
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}

// "2001:db8::1" leaves out as many zero groups as are missing to eight.
function expand(address: string): string[] {
  const [head = "", tail = ""] = address.split("::");
  const before = head ? head.split(":") : [];
  const after = tail ? tail.split(":") : [];
  const missing = Math.max(0, groupsOfAddress - before.length - after.length);
  return [...before, ...Array<string>(missing).fill("0"), ...after];
}
