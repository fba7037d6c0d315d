import { type Address, distinct, type Resolver, type ResolverWatcher } from "./resolver.js";

/** A list of endpoints that the application keeps. */
export interface UpdatableAddresses extends Resolver {
  /** Replaces the list. Calls on their way to an endpoint that left are finished. */
  update(addresses: readonly Address[]): void;
}

/**
 * A list that changes, for a target: `{url: updatable(["http://10.0.0.7:8082"]), audience: "discount"}`.
 * @throws TypeError when an address is no origin
 */
export function updatable(addresses: readonly Address[]): UpdatableAddresses {
  const watchers = new Set<ResolverWatcher>();
  let list = originsOf(addresses);
  return {
    update(next) {
      list = originsOf(next);
      for (const { onAddresses } of watchers) onAddresses(list);
    },
    start(watcher) {
      watchers.add(watcher);
      watcher.onAddresses(list);
      return () => void watchers.delete(watcher);
    },
  };
}

function originsOf(addresses: readonly Address[]): readonly Address[] {
  return distinct(addresses.map(originOf));
}

function originOf(address: Address): Address {
  const url = URL.parse(address);
  if (url && /^https?:$/.test(url.protocol)) return url.origin;
  throw new TypeError(`"${address}" is no address: give http://host:port`);
}
