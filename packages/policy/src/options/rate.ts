import { Rate_Key as Key, type Rate } from "@charter/contract/charter/v1/options_pb.js";
import type { Compilation } from "../compilation.js";
import type { RatePolicy } from "../method-policy.js";

const KEYS = {
  [Key.ADDRESS]: "address",
  [Key.SUBJECT]: "subject",
  [Key.CALLER]: "caller",
  [Key.GLOBAL]: "global",
} as const;

export function compileRate(work: Compilation): readonly RatePolicy[] {
  const rates = work.pick<Rate[]>("rate", (it) => (it.rate.length > 0 ? it.rate : undefined), []);
  return rates.map((rate, index) => compileBucket(work, rate, `rate[${index}]`));
}

function compileBucket(work: Compilation, rate: Rate, option: string): RatePolicy {
  work.require(rate.key in KEYS, `${option}.key`, "must name whose bucket it is, e.g. KEY_SUBJECT");
  work.require(rate.requests >= 1, `${option}.requests`, "must be at least 1");
  work.require(rate.perMs >= 1, `${option}.per_ms`, "must be at least 1");
  return {
    key: KEYS[rate.key as keyof typeof KEYS],
    requests: rate.requests,
    perMs: rate.perMs,
    burst: rate.burst || rate.requests,
  };
}
