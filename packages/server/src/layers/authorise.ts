import type { Principal } from "@charter/identity";
import type { AuthPolicy } from "@charter/policy";
import { ChassisError, chassisError } from "../errors/chassis-error.js";
import type { Layer } from "../server-call.js";
import { gate } from "./gate.js";

type Verdict = "pass" | "if-owner" | "token-missing" | "not-permitted";

/** Lets the caller at the method, or not. Whether the object is the caller's own, or an expression admits it, is decided once the request is known. */
export function authorise<T>(): Layer<T> {
  return gate((call) => {
    const verdict = judge(call.policy.auth, call.principal);
    if (verdict === "token-missing") throw chassisError(ChassisError.TOKEN_MISSING);
    if (verdict === "not-permitted") throw chassisError(ChassisError.NOT_PERMITTED);
    call.mustOwn = verdict === "if-owner";
  });
}

/** What a declaration says of a caller. */
export function judge(auth: AuthPolicy, principal: Principal): Verdict {
  if (auth.kind === "public") return "pass";
  if (principal.kind === "anonymous") return "token-missing";
  if (auth.kind === "authenticated") return "pass";
  if (principal.kind === "service")
    return auth.callers.includes(principal.service) ? "pass" : unless(auth.cel === undefined);
  const { roles, scopes } = principal;
  if (auth.roles.some((it) => roles.includes(it)) || auth.scopes.some((it) => scopes.includes(it)))
    return "pass";
  return unless(auth.owner === undefined && auth.cel === undefined);
}

function unless(settled: boolean): Verdict {
  return settled ? "not-permitted" : "if-owner";
}
