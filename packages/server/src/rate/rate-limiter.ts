import type { MethodPolicy, RatePolicy } from "@charter/policy";
import type { Clock } from "@charter/time";
import { ChassisError, chassisError } from "../errors/chassis-error.js";
import type { ContractError } from "../errors/contract-error.js";
import type { ServerCall } from "../server-call.js";
import { BucketTable } from "./bucket-table.js";
import { rateKey } from "./rate-key.js";

/** A rate, its place and its buckets. */
interface Meter {
  readonly rate: RatePolicy;
  readonly table: BucketTable;
}

type Caller = Pick<ServerCall, "policy" | "principal" | "exchange">;

/**
 * Holds calls to the rates that their methods declare. The buckets stay when a policy is replaced by a tighter one; one table per method
 * and place in its list of rates.
 */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #concerns: (rate: RatePolicy) => boolean;
  readonly #tables = new Map<string, BucketTable[]>();
  readonly #meters = new WeakMap<MethodPolicy, readonly Meter[]>();

  /** @param concerns which of a method's rates this limiter keeps. */
  constructor(clock: Clock, concerns: (rate: RatePolicy) => boolean) {
    this.#clock = clock;
    this.#concerns = concerns;
  }

  /**
   * Takes a token of each bucket that the call draws from, or none of any.
   *
   * @throws ContractError RATE_LIMITED with when to come back and which rate it was
   */
  admit(call: Caller): void {
    const { policy } = call;
    if (policy.rate.length === 0) return;
    const meters = this.#metersOf(policy);
    if (meters.length === 0) return;
    const nowMs = this.#clock.monotonicMs();
    for (const { rate, table } of meters) {
      const key = rateKey(rate.key, call);
      const waitMs = table.waitMs(key, rate, nowMs);
      if (waitMs > 0) throw refusal(rate, key, waitMs);
    }
    for (const { rate, table } of meters) table.take(rateKey(rate.key, call), rate, nowMs);
  }

  /** Found out once for each policy, of which a method has another only when an operator tightens it. */
  #metersOf(policy: MethodPolicy): readonly Meter[] {
    const known = this.#meters.get(policy);
    if (known) return known;
    const meters = policy.rate.flatMap((rate, index) =>
      this.#concerns(rate) ? { rate, table: this.#table(policy.procedure, index) } : [],
    );
    this.#meters.set(policy, meters);
    return meters;
  }

  #table(procedure: string, index: number): BucketTable {
    const tables = this.#tables.get(procedure) ?? [];
    this.#tables.set(procedure, tables);
    tables[index] ??= new BucketTable();
    return tables[index];
  }
}

function refusal({ requests, perMs, burst }: RatePolicy, key: string, waitMs: number): ContractError {
  return chassisError(ChassisError.RATE_LIMITED, {
    retryAfterMs: Math.ceil(waitMs),
    quotas: [{ subject: key, description: `${requests} calls per ${perMs} ms, at most ${burst} at once` }],
  });
}
