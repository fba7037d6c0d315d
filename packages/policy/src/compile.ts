import { create, type DescMethod, type DescService, type MessageInitShape } from "@bufbuild/protobuf";
import { PolicySchema } from "@charter/contract/charter/v1/options_pb.js";
import { Compilation } from "./compilation.js";
import { layersOf } from "./layers.js";
import type { MethodPolicy, ServicePolicy } from "./method-policy.js";
import { compileAuth } from "./options/auth.js";
import { compileBalance } from "./options/balance.js";
import { compileBreaker } from "./options/breaker.js";
import { compileConcurrency } from "./options/concurrency.js";
import { compileCriticality } from "./options/criticality.js";
import { compileDeadline } from "./options/deadline.js";
import { compileEffects } from "./options/effects.js";
import { compileFallback } from "./options/fallback.js";
import { compileHedge } from "./options/hedge.js";
import { compileIdempotency } from "./options/idempotency.js";
import { compileLog } from "./options/log.js";
import { compileObjective } from "./options/objective.js";
import { compilePayload } from "./options/payload.js";
import { compileRate } from "./options/rate.js";
import { compileRetry } from "./options/retry.js";
import { compileStream } from "./options/stream.js";
import { PolicyError, type PolicyProblem } from "./policy-error.js";

type Defaults = MessageInitShape<typeof PolicySchema>;

/**
 * The policy of a method: its own options over its service's over its file's over `defaults` over the built-in defaults.
 *
 * `defaults` serve methods of contracts that carry no charter.v1 options, such as grpc.health.v1. Default: none.
 *
 * @throws PolicyError with every problem of the method
 */
export function compileMethod(method: DescMethod, defaults?: Defaults): MethodPolicy {
  const problems: PolicyProblem[] = [];
  const policy = compileInto(problems, method, defaults);
  if (problems.length > 0) throw new PolicyError(problems);
  return policy;
}

/**
 * The policies of all methods of a service.
 *
 * @throws PolicyError with every problem of every method
 */
export function compileService(service: DescService, defaults?: Defaults): ServicePolicy {
  const problems: PolicyProblem[] = [];
  const methods = new Map<string, MethodPolicy>();
  for (const method of service.methods)
    methods.set(method.localName, compileInto(problems, method, defaults));
  if (problems.length > 0) throw new PolicyError(problems);
  return { typeName: service.typeName, methods };
}

function compileInto(
  problems: PolicyProblem[],
  method: DescMethod,
  defaults: Defaults | undefined,
): MethodPolicy {
  const layers = layersOf(method);
  if (defaults) layers.push({ layer: "default", policy: create(PolicySchema, defaults) });
  const work = new Compilation(method, layers);
  const policy = compileOptions(work);
  problems.push(...work.problems);
  return deepFreeze(policy);
}

function compileOptions(work: Compilation): MethodPolicy {
  const effects = compileEffects(work);
  const idempotency = compileIdempotency(work);
  const policy = {
    procedure: work.procedure,
    kind: work.method.methodKind,
    effects,
    deadline: compileDeadline(work),
    payload: compilePayload(work),
    stream: compileStream(work),
    concurrency: compileConcurrency(work),
    rate: compileRate(work),
    auth: compileAuth(work),
    idempotency,
    retry: compileRetry(work, effects, idempotency),
    hedge: compileHedge(work, effects),
    breaker: compileBreaker(work),
    balance: compileBalance(work),
    fallback: compileFallback(work),
    criticality: compileCriticality(work),
    objective: compileObjective(work),
    log: compileLog(work),
    provenance: work.provenance,
  };
  return withoutUndefined(policy) as MethodPolicy;
}

/** Options that are not declared are absent, not undefined, so that a printed policy shows only what holds. */
function withoutUndefined(policy: Record<string, unknown>): unknown {
  return Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== undefined));
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
