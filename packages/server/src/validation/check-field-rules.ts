import { PolicyError, type PolicyProblem } from "@charter/policy";
import type { Endpoint } from "../server-call.js";
import { ContractFault } from "./contract-fault.js";
import { validationOf } from "./message-validation.js";

/** Compiles the field rules of all methods' requests. @throws PolicyError naming each one that makes no sense */
export function checkFieldRules(endpoints: Iterable<Endpoint>): void {
  const problems = [...endpoints].flatMap((endpoint) => problemOf(endpoint) ?? []);
  if (problems.length > 0) throw new PolicyError(problems);
}

function problemOf({ method, policy }: Endpoint): PolicyProblem | undefined {
  try {
    validationOf(method.input);
    return undefined;
  } catch (error) {
    if (!(error instanceof ContractFault)) throw error;
    return { procedure: policy.procedure, option: "buf.validate", message: error.message };
  }
}
