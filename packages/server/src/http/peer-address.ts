/**
 * The caller's address. With `trustedProxies` proxies in front, the one that the outermost of them saw; what stands further
 * left in x-forwarded-for was written by the caller and is not believed.
 */
export function peerAddress(
  socketAddress: string | undefined,
  forwardedFor: string | null,
  trustedProxies: number,
): string {
  const direct = plain(socketAddress ?? "unknown");
  if (trustedProxies === 0 || !forwardedFor) return direct;
  const seen = forwardedFor.split(",").map((it) => it.trim());
  return plain(seen.at(-trustedProxies) || seen[0] || direct);
}

/** IPv4 addresses on a dual-stack socket come in IPv6 clothes. */
function plain(address: string): string {
  return address.startsWith("::ffff:") ? address.slice("::ffff:".length) : address;
}
