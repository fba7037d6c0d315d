import type { Criticality } from "@charter/policy";
import type { Logger } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import { HedgeBudget } from "../hedge/hedge-budget.js";
import { OutlierSweeper } from "../outlier/outlier-sweeper.js";
import type { Connect } from "../pool/connection.js";
import type { Address, Resolver } from "../resolver/resolver.js";
import { RetryBudget } from "../retry/retry-budget.js";
import { AdaptiveThrottle } from "../throttle/adaptive-throttle.js";
import { Changes } from "./changes.js";
import { newCounters } from "./counters.js";
import { Endpoint } from "./endpoint.js";
import { ReachabilityLog } from "./reachability-log.js";
import type { Tuning } from "./tuning.js";

export interface CalleeOptions {
  /** The audience of identity tokens, and the name in errors. */
  readonly name: string;
  readonly resolver: Resolver;
  readonly connect: Connect;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tuning: Tuning;
  readonly log: Logger | undefined;
}

/** One service that is called: its endpoints, and what is shared by all calls to it. Nothing is opened before the first call. */
export class Callee {
  readonly name: string;
  readonly changes: Changes;
  readonly retryBudget: RetryBudget;
  readonly hedgeBudget = new HedgeBudget();
  readonly throttles: Readonly<Record<Criticality, AdaptiveThrottle>>;
  readonly counters = newCounters();
  readonly #options: CalleeOptions;
  readonly #reachability: ReachabilityLog;
  readonly #sweeper: OutlierSweeper;
  #endpoints: readonly Endpoint[] = [];
  #resolved = false;
  #resolveError: unknown;
  #stopResolving: (() => void) | undefined;
  #closed = false;
  #turn = 0;

  constructor(options: CalleeOptions) {
    const { name, clock, random, tuning, log } = options;
    const throttle = () => new AdaptiveThrottle(clock, random);
    this.name = name;
    this.changes = new Changes(clock);
    this.retryBudget = new RetryBudget(clock);
    this.throttles = { sheddable: throttle(), default: throttle(), critical: throttle() };
    this.#options = options;
    this.#reachability = new ReachabilityLog(name, log);
    this.#sweeper = new OutlierSweeper({
      clock,
      policy: tuning.outlier,
      endpoints: () => this.#endpoints,
      onChange: ({ key, outlier: { ejected } }) => {
        log?.warn({ callee: name, endpoint: key }, ejected ? "endpoint ejected" : "endpoint let back in");
        this.changes.announce();
      },
    });
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#closed;
  }

  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }

  /** Counts picks, for balancers that take turns. */
  nextTurn(): number {
    this.#turn = (this.#turn + 1) % Number.MAX_SAFE_INTEGER;
    return this.#turn;
  }

  /** Begins to look for endpoints and to connect to them. To be called before each call. */
  start(): void {
    if (this.#stopResolving || this.#closed) return;
    this.#stopResolving = () => {};
    this.#stopResolving = this.#options.resolver.start({
      onAddresses: (addresses) => this.#replace(addresses),
      onError: (error) => this.#noteResolveError(error),
    });
    this.#sweeper.start();
  }

  /** Why a call cannot go anywhere now, or undefined when waiting may help. Tries to connect ahead of time where nothing is left to try. */
  outage(): { readonly cause: unknown } | undefined {
    if (!this.#resolved) return this.#resolveError === undefined ? undefined : { cause: this.#resolveError };
    for (const { pool } of this.#endpoints) pool.take();
    const isDown = () => this.#endpoints.every(({ pool }) => pool.status === "down");
    if (!isDown()) return undefined;
    for (const { pool } of this.#endpoints) pool.hurry();
    return isDown() ? { cause: this.#endpoints[0]?.pool.lastError } : undefined;
  }

  /** Ends every connection, timer and call. */
  close(): void {
    this.#closed = true;
    this.#stopResolving?.();
    this.#sweeper.stop();
    for (const endpoint of this.#endpoints) endpoint.destroy(new Error("the channel was closed"));
    this.changes.announce();
  }

  #replace(addresses: readonly Address[]): void {
    this.#resolved = true;
    const known = new Map(this.#endpoints.map((endpoint) => [endpoint.key, endpoint]));
    this.#endpoints = addresses.map((address) => known.get(address) ?? this.#endpointAt(address));
    for (const endpoint of this.#endpoints) {
      known.delete(endpoint.key);
      endpoint.pool.start();
    }
    for (const gone of known.values()) gone.retire();
    this.#changed();
  }

  #endpointAt(address: Address): Endpoint {
    const { connect, clock, random, tuning } = this.#options;
    return new Endpoint({ address, connect, clock, random, tuning, onChange: () => this.#changed() });
  }

  #noteResolveError(error: unknown): void {
    this.#resolveError = error;
    if (!this.#resolved) this.#noteReachable(false, error);
    this.changes.announce();
  }

  #changed(): void {
    const statuses = this.#endpoints.map(({ pool }) => pool.status);
    if (statuses.includes("ready")) this.#noteReachable(true);
    else if (!statuses.includes("coming")) this.#noteReachable(false, this.#endpoints[0]?.pool.lastError);
    this.changes.announce();
  }

  #noteReachable(reachable: boolean, err?: unknown): void {
    if (this.#closed) return;
    const endpoints = this.#endpoints.map(({ key }) => key);
    this.#reachability.note(reachable, endpoints, err);
  }
}
