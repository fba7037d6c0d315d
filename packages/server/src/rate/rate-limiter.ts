import type { RatePolicy } from "@charter/policy";
import type { Clock } from "@charter/time";
import { ChassisError, chassisError } from "../errors/chassis-error.js";
import type { ContractError } from "../errors/contract-error.js";
import type { ServerCall } from "../server-call.js";
import { BucketTable } from "./bucket-table.js";
import { rateKey } from "./rate-key.js";

interface Draw {
  readonly rate: RatePolicy;
  readonly table: BucketTable;
  readonly key: string;
}

/**
 * Holds calls to the rates that their methods declare. The buckets stay when a policy is replaced by a tighter one; one table per method
 * and place in its list of rates.
 */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #concerns: (rate: RatePolicy) => boolean;
  readonly #tables = new Map<string, BucketTable[]>();

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
  admit(call: Pick<ServerCall, "policy" | "principal" | "exchange">): void {
    const { rate, procedure } = call.policy;
    if (rate.length === 0) return;
    const nowMs = this.#clock.monotonicMs();
    const draws = this.#drawsOf(procedure, rate, call);
    for (const draw of draws) {
      const waitMs = draw.table.waitMs(draw.key, draw.rate, nowMs);
      if (waitMs > 0) throw refusal(draw, waitMs);
    }
    for (const { table, key, rate: size } of draws) table.take(key, size, nowMs);
  }

  #drawsOf(
    procedure: string,
    rates: readonly RatePolicy[],
    call: Pick<ServerCall, "principal" | "exchange">,
  ): Draw[] {
    const draws: Draw[] = [];
    for (const [index, rate] of rates.entries()) {
      if (!this.#concerns(rate)) continue;
      draws.push({ rate, table: this.#table(procedure, index), key: rateKey(rate.key, call) });
    }
    return draws;
  }

  #table(procedure: string, index: number): BucketTable {
    const tables = this.#tables.get(procedure) ?? [];
    this.#tables.set(procedure, tables);
    tables[index] ??= new BucketTable();
    return tables[index];
  }
}

function refusal({ rate, key }: Draw, waitMs: number): ContractError {
  const { requests, perMs, burst } = rate;
  return chassisError(ChassisError.RATE_LIMITED, {
    retryAfterMs: Math.ceil(waitMs),
    quotas: [{ subject: key, description: `${requests} calls per ${perMs} ms, at most ${burst} at once` }],
  });
}
