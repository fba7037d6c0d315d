import { Code, ConnectError } from "@connectrpc/connect";
import { errorReason } from "../error-reason.js";

/** Of the chassis' own RESOURCE_EXHAUSTED these speak of one message, and say nothing of load. */
const OF_ONE_MESSAGE: ReadonlySet<string> = new Set([
  "REQUEST_TOO_LARGE",
  "RESPONSE_TOO_LARGE",
  "STREAM_TOO_LONG",
]);

/** Whether the callee refused for lack of capacity: RESOURCE_EXHAUSTED that no service declares as an answer of its own. */
export function isOverload(error: unknown): boolean {
  if (!(error instanceof ConnectError) || !error.isWireError || error.code !== Code.ResourceExhausted)
    return false;
  const info = errorReason(error);
  return !info || (info.domain === "charter.v1" && !OF_ONE_MESSAGE.has(info.reason));
}
