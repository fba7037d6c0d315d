import type { Criticality, MethodPolicy } from "@charter/policy";
import type { ServerCall } from "../server-call.js";
import { ranked, rankOf } from "./criticality-rank.js";

/** Carries the criticality of the work that a call is part of: "sheddable", "default" or "critical". */
export const CRITICALITY_HEADER = "charter-criticality";

type Caller = Pick<ServerCall, "policy" | "principal" | "exchange">;

/**
 * How critical a call is: as its method, unless its caller says otherwise. A service with a proven identity is believed, for it passes on what
 * the work is that it serves: a quote for a checkout is as critical as the checkout. Anybody else can only step back behind others, e.g. a
 * page that loads ahead of need; nobody can push to the front. What is no criticality is passed over.
 */
export function criticalityOf({ policy, principal, exchange }: Caller): Criticality {
  const own = policy.criticality;
  const asked = claimedCriticality(policy, exchange.header);
  if (asked === own) return own;
  return principal.kind === "service" || rankOf(asked) < rankOf(own) ? asked : own;
}

/** How critical a call is if its caller turns out to be a service: the most that it can be. */
export function claimedCriticality(policy: MethodPolicy, header: Pick<Headers, "get">): Criticality {
  const asked = header.get(CRITICALITY_HEADER);
  if (asked === null) return policy.criticality;
  return ranked.find((it) => it === asked) ?? policy.criticality;
}
