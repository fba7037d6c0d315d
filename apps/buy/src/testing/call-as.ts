import type { Call } from "@charter/server";
import { createLogger } from "@charter/telemetry";
import { Deadline, systemClock } from "@charter/time";

const log = createLogger({ service: "test", level: "silent" });

/** A call of this user to a handler, past the server. Handlers that read the policy are not tested this way. */
export function callAs(
  subject: string,
  {
    roles = [],
    signal = new AbortController().signal,
  }: { roles?: readonly string[]; signal?: AbortSignal } = {},
): Call {
  const call: Omit<Call, "policy"> = {
    principal: { kind: "user", subject, roles, scopes: [], sessionId: "session" },
    deadline: Deadline.after(systemClock, 15_000),
    signal,
    requestId: "request",
    log,
    requestHeader: new Headers(),
    responseHeader: new Headers(),
    responseTrailer: new Headers(),
    peer: { address: "127.0.0.1" },
  };
  return call as Call;
}
