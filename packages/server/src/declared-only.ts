import type { MethodPolicy } from "@charter/policy";
import type { Endpoint } from "./server-call.js";

type Asks = (policy: MethodPolicy) => boolean;

/** What a contract may say and this server does not keep. */
const NOT_KEPT: Readonly<Record<string, Asks>> = {
  "auth.rule.cel": (policy) => policy.auth.kind === "rule" && policy.auth.cel !== undefined,
  idempotency: (policy) => policy.idempotency !== undefined,
};

/**
 * The options that the served contract declares for the server and that the chassis does not enforce yet, each with how many
 * methods declare it. (A `cel` condition admits nobody; the others let pass.)
 */
export function declaredOnly(endpoints: Iterable<Endpoint>): Readonly<Record<string, number>> {
  const policies = [...endpoints].map((it) => it.policy);
  const counts = Object.entries(NOT_KEPT).map(
    ([option, asks]) => [option, policies.filter(asks).length] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
