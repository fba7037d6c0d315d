import type { MethodPolicy } from "@charter/policy";
import type { Endpoint } from "../server-call.js";
import { tightenPolicy } from "./tighten-policy.js";
import type { Tightening, Tightenings } from "./tightening.js";

interface Tightened {
  readonly policy: MethodPolicy;
  readonly disabled: boolean;
}

/** Lays tightenings over the endpoints of a server; new calls act under them at once. */
export class Tightener {
  readonly #endpoints: readonly Endpoint[];
  readonly #declared: ReadonlyMap<Endpoint, MethodPolicy>;

  constructor(endpoints: Iterable<Endpoint>) {
    this.#endpoints = [...endpoints];
    this.#declared = new Map(this.#endpoints.map((it) => [it, it.policy]));
  }

  /**
   * Replaces what was tightened before. Changes nothing when anything in it is unknown or would loosen the contract; answers why not, or
   * an empty list.
   */
  apply(wanted: Tightenings): readonly string[] {
    const problems = this.#unknownNames(wanted);
    const results = new Map<Endpoint, Tightened>();
    for (const endpoint of this.#endpoints) {
      const { policy, loosened } = this.#tighten(endpoint, wanted);
      problems.push(...loosened);
      results.set(endpoint, policy);
    }
    if (problems.length > 0) return problems;
    for (const [endpoint, { policy, disabled }] of results) {
      endpoint.policy = policy;
      endpoint.disabled = disabled;
    }
    return [];
  }

  #tighten(endpoint: Endpoint, wanted: Tightenings): { policy: Tightened; loosened: string[] } {
    const declared = this.#declared.get(endpoint) ?? endpoint.policy;
    const name = declared.procedure.slice(1);
    const given: Tightening = { ...wanted[serviceOf(declared)], ...wanted[name] };
    const { policy, loosened } = tightenPolicy(declared, given);
    return {
      policy: { policy, disabled: given.disabled ?? false },
      loosened: loosened.map((problem) => `${name}: ${problem}`),
    };
  }

  #unknownNames(wanted: Tightenings): string[] {
    const known = new Set(
      this.#endpoints.flatMap(({ policy }) => [serviceOf(policy), policy.procedure.slice(1)]),
    );
    return Object.keys(wanted).flatMap((name) =>
      known.has(name) ? [] : [`${name}: this server has none of that name`],
    );
  }
}

function serviceOf({ procedure }: MethodPolicy): string {
  return procedure.slice(1, procedure.lastIndexOf("/"));
}
