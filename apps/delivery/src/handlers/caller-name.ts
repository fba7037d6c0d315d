import type { Call } from "@charter/server";

/** The name under which a caller's keys are kept: keys of different callers never meet. */
export function callerName({ principal }: Pick<Call, "principal">): string {
  switch (principal.kind) {
    case "service":
      return `service:${principal.service}`;
    case "user":
      return `user:${principal.subject}`;
    case "anonymous":
      throw new Error("an anonymous call has no keys; the contract lets none through");
  }
}
