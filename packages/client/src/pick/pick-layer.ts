import type { MethodPolicy } from "@charter/policy";
import { Code, type ConnectError } from "@connectrpc/connect";
import { balancerFor } from "../balancer/balancer-for.js";
import type { Callee } from "../callee/callee.js";
import { eligible } from "../callee/choose.js";
import type { Endpoint } from "../callee/endpoint.js";
import { connectFailure } from "../connect-failure.js";
import { localError } from "../local-error.js";
import type { Layer, OutgoingCall } from "../outgoing-call.js";
import { refuseWhenOver } from "../refuse-when-over.js";

/** Gives each attempt its endpoint: another than before where there is one. Waits for a connection that is on its way. */
export function pickLayer(policy: MethodPolicy, callee: Callee, random: () => number): Layer {
  const balance = balancerFor(policy.balance);
  const { balance: spread } = policy;
  const hashOf = ({ request }: OutgoingCall) =>
    spread.kind === "hash" ? request.field(spread.hashField) : "";
  const pick = (call: OutgoingCall): Endpoint | undefined => {
    refuseWhenOver(call, callee, policy);
    refuseWhenLate(call, callee);
    const candidates = eligible(callee.endpoints, policy, call.progress.tried);
    return balance(candidates, { random, turn: callee.nextTurn(), hash: hashOf(call) });
  };
  return (next) => async (call) => {
    callee.start();
    let endpoint = pick(call);
    while (!endpoint) {
      const outage = callee.outage();
      if (outage) throw unreachable(callee, outage.cause);
      await callee.changes.next(call.signal, call.deadline);
      endpoint = pick(call);
    }
    call.progress.tried.add(endpoint.key);
    // From here on the object is the attempt's own.
    return await next({ ...call, endpoint });
  };
}

function refuseWhenLate({ deadline, timeoutMs }: OutgoingCall, callee: Callee): void {
  if (deadline?.expired)
    throw localError(`no connection to ${callee.name} came about in ${timeoutMs} ms`, Code.DeadlineExceeded);
}

function unreachable({ name }: Callee, cause: unknown): ConnectError {
  const failure = connectFailure(cause);
  return localError(`${name} cannot be reached${failure ? ` (${failure})` : ""}`, Code.Unavailable, cause);
}
