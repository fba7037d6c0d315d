import type { MethodPolicy } from "@charter/policy";
import { covers } from "./idempotency/covers.js";
import type { IdempotencyOptions } from "./idempotency/idempotency-store.js";
import type { Endpoint } from "./server-call.js";

type Asks = (policy: MethodPolicy, idempotency: IdempotencyOptions | undefined) => boolean;

/** What a contract may say and this server does not keep. */
const NOT_KEPT: Readonly<Record<string, Asks>> = {
  idempotency: (policy, options) => policy.idempotency !== undefined && !covers(options, policy),
};

/**
 * The options that the served contract declares for the server and that the chassis does not enforce, each with how many methods
 * declare it that are there. (`idempotency` is then the handlers' to keep.)
 */
export function declaredOnly(
  endpoints: Iterable<Endpoint>,
  idempotency: IdempotencyOptions | undefined,
): Readonly<Record<string, number>> {
  const policies = [...endpoints].filter(({ invoke }) => invoke).map((it) => it.policy);
  const counts = Object.entries(NOT_KEPT).map(
    ([option, asks]) => [option, policies.filter((it) => asks(it, idempotency)).length] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
