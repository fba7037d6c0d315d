import { lookup as systemLookup } from "node:dns/promises";
import type { Clock, Timer } from "@charter/time";
import { type Address, distinct, type Resolver, type ResolverWatcher } from "./resolver.js";

/** Looks a name up: its IP addresses. */
export type Lookup = (name: string) => Promise<readonly string[]>;

/** Half a minute, like the cache of most resolvers on the way. */
export const DNS_REFRESH_MS = 30_000;
/** After a failure: soon, but not at once. */
const RETRY_MS = 1_000;

/** The machine's own lookup, all families. */
export const systemDns: Lookup = async (name) =>
  (await systemLookup(name, { all: true })).map(({ address }) => address);

export interface DnsResolverOptions {
  readonly name: string;
  readonly port: number;
  readonly clock: Clock;
  /** Time between two lookups. Default 30 s. */
  readonly refreshMs?: number;
  /** Default: the machine's. */
  readonly lookup?: Lookup;
}

/** The addresses behind a name, looked up again and again. A lookup that fails or finds nothing leaves the last list as it was. */
export function dnsResolver(options: DnsResolverOptions): Resolver {
  return {
    start(watcher) {
      const polling = new DnsPolling(options, watcher);
      void polling.poll();
      return () => polling.stop();
    },
  };
}

class DnsPolling {
  readonly #options: DnsResolverOptions;
  readonly #watcher: ResolverWatcher;
  #timer: Timer | undefined;
  #stopped = false;
  #last = "";

  constructor(options: DnsResolverOptions, watcher: ResolverWatcher) {
    this.#options = options;
    this.#watcher = watcher;
  }

  async poll(): Promise<void> {
    const { name, port, clock, refreshMs = DNS_REFRESH_MS, lookup = systemDns } = this.#options;
    let delayMs = refreshMs;
    try {
      const found = await lookup(name);
      if (found.length === 0) throw new Error(`no addresses of ${name}`);
      this.#tell(distinct(found.map((ip) => originOf(ip, port)).toSorted()));
    } catch (error) {
      delayMs = RETRY_MS;
      if (!this.#stopped) this.#watcher.onError(error);
    }
    if (!this.#stopped) this.#timer = clock.setTimer(() => void this.poll(), delayMs);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.clear();
  }

  #tell(addresses: readonly Address[]): void {
    const text = addresses.join(" ");
    if (this.#stopped || text === this.#last) return;
    this.#last = text;
    this.#watcher.onAddresses(addresses);
  }
}

function originOf(ip: string, port: number): Address {
  return `http://${ip.includes(":") ? `[${ip}]` : ip}:${port}`;
}
