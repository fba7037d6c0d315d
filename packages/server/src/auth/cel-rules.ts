import { PolicyError, type PolicyProblem } from "@charter/policy";
import type { Endpoint } from "../server-call.js";
import { type CelRule, compileCel } from "./cel-rule.js";

const compiled = new WeakMap<Endpoint["policy"]["auth"], CelRule>();

/** The compiled expression of a method; undefined where its contract has none. */
export function celRuleOf({ policy, method }: Pick<Endpoint, "policy" | "method">): CelRule | undefined {
  if (policy.auth.kind !== "rule" || policy.auth.cel === undefined) return undefined;
  const rule = compiled.get(policy.auth) ?? compileCel(policy.auth.cel, method);
  compiled.set(policy.auth, rule);
  return rule;
}

/** Compiles the expressions of all methods. @throws PolicyError naming each one that is wrong */
export function checkCelRules(endpoints: Iterable<Endpoint>): void {
  const problems = [...endpoints].flatMap((endpoint) => problemOf(endpoint) ?? []);
  if (problems.length > 0) throw new PolicyError(problems);
}

function problemOf(endpoint: Endpoint): PolicyProblem | undefined {
  try {
    celRuleOf(endpoint);
    return undefined;
  } catch (error) {
    const { auth, procedure } = endpoint.policy;
    const expression = auth.kind === "rule" ? auth.cel : "";
    return { procedure, option: "auth.rule.cel", message: `"${expression}": ${(error as Error).message}` };
  }
}
