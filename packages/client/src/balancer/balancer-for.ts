import type { BalancePolicy } from "@charter/policy";
import type { Balancer } from "./balancer.js";
import { consistentHash } from "./consistent-hash.js";
import { p2cEwma } from "./p2c-ewma.js";
import { roundRobin } from "./round-robin.js";

const BY_KIND: Readonly<Record<BalancePolicy["kind"], Balancer>> = {
  p2c_ewma: p2cEwma,
  round_robin: roundRobin,
  hash: consistentHash,
};

/** The balancer that a contract asks for. */
export function balancerFor(policy: BalancePolicy): Balancer {
  return BY_KIND[policy.kind];
}
