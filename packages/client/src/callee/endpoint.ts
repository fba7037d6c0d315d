import type { MethodPolicy } from "@charter/policy";
import type { Clock } from "@charter/time";
import type { Candidate } from "../balancer/balancer.js";
import { EndpointLoad } from "../balancer/endpoint-load.js";
import { Breaker } from "../breaker/breaker.js";
import { verdictOf } from "../breaker/verdict-of.js";
import { HealthWatch } from "../health/health-watch.js";
import { OutlierRecord } from "../outlier/outlier-record.js";
import type { Connect, Connection } from "../pool/connection.js";
import { EndpointPool } from "../pool/endpoint-pool.js";
import type { Address } from "../resolver/resolver.js";
import type { Tuning } from "./tuning.js";

/** More methods than a callee has, so that breakers are bounded whatever is called. */
const MAX_BREAKERS = 1_024;

export interface EndpointOptions {
  readonly address: Address;
  readonly connect: Connect;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tuning: Tuning;
  /** Told whenever this endpoint may have become able, or unable, to take a call. */
  readonly onChange: () => void;
}

/** A call as its endpoint counts it. Each function acts once. */
export interface CountedCall {
  /** `true` where it was answered, so that it says how long an answer takes. */
  readonly left: (answered: boolean) => void;
  /** The error that it ended with, or undefined. */
  readonly judged: (error: unknown) => void;
}

/** One instance of a callee and all that is known of it. */
export class Endpoint implements Candidate {
  readonly key: Address;
  readonly pool: EndpointPool;
  readonly outlier = new OutlierRecord();
  readonly breakers = new Map<string, Breaker>();
  readonly #clock: Clock;
  readonly #load: EndpointLoad;
  readonly #health: HealthWatch | undefined;
  readonly #onChange: () => void;
  #watched: Connection | undefined;

  constructor({ address, connect, clock, random, tuning, onChange }: EndpointOptions) {
    this.key = address;
    this.#clock = clock;
    this.#onChange = onChange;
    this.#load = new EndpointLoad(clock, tuning.ewmaDecayMs);
    this.#health = tuning.health ? new HealthWatch({ clock, random, onChange }) : undefined;
    this.pool = new EndpointPool({
      origin: address,
      connect,
      clock,
      random,
      onChange: () => this.#changed(),
    });
  }

  get inFlight(): number {
    return this.#load.inFlight;
  }

  get latencyMs(): number {
    return this.#load.latencyMs;
  }

  get health(): HealthWatch["state"] {
    return this.#health?.state ?? "unknown";
  }

  /** The breaker of a method. */
  breakerOf({ procedure, breaker }: MethodPolicy): Breaker {
    const known = this.breakers.get(procedure);
    if (known) return known;
    const [oldest] = this.breakers.keys();
    if (this.breakers.size >= MAX_BREAKERS && oldest !== undefined) this.breakers.delete(oldest);
    const made = new Breaker(breaker, this.#clock);
    this.breakers.set(procedure, made);
    return made;
  }

  /** Counts a call. `left` is to be called when nothing of it is on its way any more, `judged` when it is known how it ended. */
  begin(kind: MethodPolicy["kind"]): CountedCall {
    const endLoad = kind === "unary" ? this.#load.beginCall() : this.#load.beginStream();
    let open = true;
    return {
      left: endLoad,
      judged: (error) => {
        if (open) this.outlier.count(verdictOf(error));
        open = false;
      },
    };
  }

  /** Takes no more calls; those on their way are finished. */
  retire(): void {
    this.#health?.follow(undefined);
    this.pool.drain();
  }

  /** Ends it with all calls on it. */
  destroy(reason: Error): void {
    this.#health?.follow(undefined);
    this.pool.destroy(reason);
  }

  #changed(): void {
    if (this.#watched?.state !== "ready") {
      this.#watched = this.pool.peek();
      if (this.#watched) this.#load.forget();
    }
    this.#health?.follow(this.#watched);
    this.#onChange();
  }
}
