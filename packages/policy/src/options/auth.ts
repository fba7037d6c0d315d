import type { Auth, AuthRule } from "@charter/contract/charter/v1/options_pb.js";
import type { Compilation } from "../compilation.js";
import { resolveFieldPath } from "../field-path.js";
import type { AuthPolicy } from "../method-policy.js";

/** Stands in where compilation fails anyway; admits nobody. */
const NOBODY: AuthPolicy = { kind: "rule", id: "", roles: [], scopes: [], callers: [] };

export function compileAuth(work: Compilation): AuthPolicy {
  const auth = work.find("auth", (it) => it.auth);
  if (auth?.kind.case !== undefined) return compileKind(work, auth.kind);
  work.problem("auth", "is missing; say public, authenticated or a rule on the method or its service");
  return NOBODY;
}

function compileKind(work: Compilation, kind: Auth["kind"]): AuthPolicy {
  if (kind.case === "rule") return compileRule(work, kind.value);
  if (kind.value && kind.case) return { kind: kind.case };
  work.problem(`auth.${kind.case}`, "must be true where it is set");
  return NOBODY;
}

function compileRule(work: Compilation, rule: AuthRule): AuthPolicy {
  const { id, roles, scopes, callers, owner, cel } = rule;
  const conditions = [...roles, ...scopes, ...callers, owner, cel];
  work.require(id !== "", "auth.rule.id", "is missing; the rule needs a name");
  work.require(conditions.some(Boolean), "auth.rule", "has no condition and would admit nobody");
  work.require(
    owner === "" || resolveFieldPath(work.method.input, owner) !== undefined,
    "auth.rule.owner",
    `"${owner}" names no string field of ${work.method.input.typeName}`,
  );
  return { kind: "rule", id, roles, scopes, callers, ...(owner && { owner }), ...(cel && { cel }) };
}
