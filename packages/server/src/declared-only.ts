import type { MethodPolicy } from "@charter/policy";
import type { Endpoint } from "./server-call.js";

type Asks = (policy: MethodPolicy) => boolean;

const isDeclared = (policy: MethodPolicy, option: string) => {
  const paths = Object.keys(policy.provenance).filter(
    (path) => path === option || path.startsWith(`${option}.`),
  );
  return paths.some((path) => policy.provenance[path] !== "default");
};

/** What a contract may say and this server does not keep. */
const NOT_KEPT: Readonly<Record<string, Asks>> = {
  concurrency: (policy) => isDeclared(policy, "concurrency"),
  "auth.rule.cel": (policy) => policy.auth.kind === "rule" && policy.auth.cel !== undefined,
  idempotency: (policy) => policy.idempotency !== undefined,
  criticality: (policy) => isDeclared(policy, "criticality"),
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
