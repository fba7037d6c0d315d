import type { MethodPolicy } from "@charter/policy";
import { Code } from "@connectrpc/connect";
import { explainFailure } from "./explain-failure.js";
import { localError } from "./local-error.js";
import type { OutgoingCall } from "./outgoing-call.js";

/** Throws where a call is over before it, or another attempt of it, was sent: the channel closed, or the caller gave up. */
export function refuseWhenOver(
  { signal, timeoutMs }: Pick<OutgoingCall, "signal" | "timeoutMs">,
  callee: { readonly name: string; readonly closed: boolean },
  policy: MethodPolicy,
): void {
  if (callee.closed) throw localError("the channel is closed", Code.Canceled);
  if (!signal?.aborted) return;
  const { rawMessage, code } = explainFailure(signal.reason, { callee, policy, signal, timeoutMs });
  throw localError(rawMessage, code, signal.reason);
}
