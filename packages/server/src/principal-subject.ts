import type { Principal } from "@charter/identity";

/** Who calls, in one word for logs: the user's id, the service's name, or undefined for nobody. */
export function subjectOf(principal: Principal): string | undefined {
  if (principal.kind === "anonymous") return undefined;
  return principal.kind === "user" ? principal.subject : principal.service;
}
