import type { Call } from "./call.js";

/** A name for who calls, under which idempotency keys are kept: users and services never share one, and all nameless callers do. */
export function callerName({ principal }: Pick<Call, "principal">): string {
  switch (principal.kind) {
    case "user":
      return `user:${principal.subject}`;
    case "service":
      return `service:${principal.service}`;
    case "anonymous":
      return "anonymous";
  }
}
