import type { Criticality } from "@charter/policy";
import type { ServerCall } from "../server-call.js";
import { ranked, rankOf } from "./criticality-rank.js";

/** Carries the criticality of the work that a call is part of: "sheddable", "default" or "critical". */
export const CRITICALITY_HEADER = "charter-criticality";

/**
 * How critical a call is: as its method, unless its caller says otherwise. A service with a proven identity is believed, for it passes on what
 * the work is that it serves: a quote for a checkout is as critical as the checkout. Anybody else can only step back behind others, e.g. a
 * page that loads ahead of need; nobody can push to the front. What is no criticality is passed over.
 */
export function criticalityOf(call: Pick<ServerCall, "policy" | "principal" | "exchange">): Criticality {
  const own = call.policy.criticality;
  const asked = ranked.find((it) => it === call.exchange.header.get(CRITICALITY_HEADER));
  if (!asked || call.principal.kind === "service") return asked ?? own;
  return rankOf(asked) < rankOf(own) ? asked : own;
}
