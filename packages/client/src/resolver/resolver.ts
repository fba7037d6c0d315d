/** Where one endpoint is: an origin, e.g. "http://10.0.0.7:8082". */
export type Address = string;

/** Told of the endpoints of a callee: the whole list, each time that it changes. */
export interface ResolverWatcher {
  readonly onAddresses: (addresses: readonly Address[]) => void;
  /** Told when the list cannot be had; the last one stays good. */
  readonly onError: (error: unknown) => void;
}

/** Finds the endpoints of a callee. */
export interface Resolver {
  /** Begins to tell, at once where the list is known. Call what it returns to end it; nothing is told after that. */
  start(watcher: ResolverWatcher): () => void;
}

/** The most endpoints of one callee; more are left out. */
export const MAX_ENDPOINTS = 256;

/** A list as a channel uses it: without repeats, bounded. */
export function distinct(addresses: readonly Address[]): readonly Address[] {
  return [...new Set(addresses)].slice(0, MAX_ENDPOINTS);
}
