import type { Clock } from "@charter/time";
import { dnsResolver, type Lookup } from "./dns-resolver.js";
import type { Resolver } from "./resolver.js";
import { staticResolver } from "./static-resolver.js";

/** What a resolver needs beyond the target itself. */
export interface ResolverContext {
  readonly clock: Clock;
  readonly lookup?: Lookup;
  readonly dnsRefreshMs?: number;
}

/**
 * The resolver of a target: an origin ("http://10.0.0.7:8082"), "static:host:port,host:port", "dns:///name:port", or a resolver.
 * @throws TypeError when it is none of these
 */
export function resolverOf(target: string | Resolver, context: ResolverContext): Resolver {
  if (typeof target !== "string") return target;
  if (target.startsWith("static:")) return staticResolver(staticAddresses(target));
  if (target.startsWith("dns:")) return dnsOf(target, context);
  const url = URL.parse(target);
  if (url && /^https?:$/.test(url.protocol)) return staticResolver([url.origin]);
  throw new TypeError(
    `"${target}" is no target: give http://host:port, static:host:port,… or dns:///name:port`,
  );
}

function staticAddresses(target: string): string[] {
  const parts = target.slice("static:".length).split(",");
  return parts.map((part) => {
    const { host } = hostAndPort(part.trim(), target);
    return `http://${host}`;
  });
}

function dnsOf(target: string, { clock, lookup, dnsRefreshMs }: ResolverContext): Resolver {
  const { hostname, port } = hostAndPort(target.replace(/^dns:(\/\/\/)?/, ""), target);
  return dnsResolver({
    name: hostname,
    port: Number(port),
    clock,
    ...(lookup && { lookup }),
    ...(dnsRefreshMs !== undefined && { refreshMs: dnsRefreshMs }),
  });
}

/** Both must be there; URL alone would take an absent port, or 80, for none. */
function hostAndPort(text: string, target: string): URL {
  const url = URL.parse(`tcp://${text}`);
  if (url?.hostname && url.port && url.pathname === "") return url;
  throw new TypeError(`"${text}" in the target "${target}" is no host:port`);
}
