import { Code, type ConnectError } from "@connectrpc/connect";
import { outcomeOf } from "../outcome.js";

/** These are about the request or the caller, and a fallback would lie to it. */
const NEVER: ReadonlySet<Code> = new Set([
  Code.InvalidArgument,
  Code.Unauthenticated,
  Code.PermissionDenied,
  Code.NotFound,
  Code.Canceled,
]);

/** Whether a fallback may stand in for an error: a failure it may, a refusal that the callee meant it may not. */
export function mayHide(error: ConnectError): boolean {
  return !NEVER.has(error.code) && outcomeOf(error) !== "refused";
}
