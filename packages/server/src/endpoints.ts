import type { MessageInitShape } from "@bufbuild/protobuf";
import type { PolicySchema } from "@charter/contract/charter/v1/options_pb.js";
import { compileService, PolicyError, type PolicyProblem, type ServicePolicy } from "@charter/policy";
import { MethodMetrics } from "@charter/telemetry";
import type { Implementation } from "./implement.js";
import type { Endpoint } from "./server-call.js";

/** Services of the chassis itself, whose contracts carry no charter.v1 options. */
export interface InfrastructureService {
  readonly implementation: Implementation;
  readonly policy: MessageInitShape<typeof PolicySchema>;
  readonly servesWhileDraining: boolean;
}

/**
 * All methods of a server by their path.
 *
 * @throws PolicyError with every problem of every method, so that nothing is served under a contract that is not sound
 */
export function createEndpoints(
  implementations: readonly Implementation[],
  infrastructure: readonly InfrastructureService[],
): ReadonlyMap<string, Endpoint> {
  const problems: PolicyProblem[] = [];
  const endpoints = new Map<string, Endpoint>();
  for (const implementation of implementations) {
    const policy = gather(problems, () => compileService(implementation.service));
    if (policy) addAll(endpoints, implementation, policy, false);
  }
  if (problems.length > 0) throw new PolicyError(problems);
  for (const { implementation, policy, servesWhileDraining } of infrastructure) {
    addAll(endpoints, implementation, compileService(implementation.service, policy), servesWhileDraining);
  }
  return endpoints;
}

function gather(problems: PolicyProblem[], compile: () => ServicePolicy): ServicePolicy | undefined {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

function addAll(
  endpoints: Map<string, Endpoint>,
  { service, handlers }: Implementation,
  { methods }: ServicePolicy,
  servesWhileDraining: boolean,
): void {
  for (const method of service.methods) {
    const policy = methods.get(method.localName);
    if (!policy) continue;
    if (endpoints.has(policy.procedure)) throw new TypeError(`${service.typeName} is implemented twice`);
    endpoints.set(policy.procedure, {
      method,
      policy,
      disabled: false,
      invoke: handlers.get(method.localName),
      metrics: new MethodMetrics("server", { service: service.typeName, method: method.name }),
      servesWhileDraining,
    });
  }
}
