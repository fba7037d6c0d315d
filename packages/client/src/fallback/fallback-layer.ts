import type { Logger } from "@charter/telemetry";
import { ConnectError } from "@connectrpc/connect";
import type { Callee } from "../callee/callee.js";
import type { Layer, OutgoingCall } from "../outgoing-call.js";
import { mayHide } from "./hides.js";
import type { StandIn } from "./stand-in.js";

/** Answers in place of an error that stayed after all attempts. The answer says so on its headers, and the error goes to the log. */
export function fallbackLayer(standIn: StandIn, callee: Callee, log: Logger | undefined): Layer {
  return (next) => async (call) => {
    try {
      const answer = await next(call);
      if (!answer.stream) standIn.remember(call, answer);
      return answer;
    } catch (thrown) {
      const error = ConnectError.from(thrown);
      const facts = { callee: callee.name, method: call.method.name };
      const answer = mayHide(error) ? await tryStandIn(standIn, call, facts, log) : undefined;
      if (!answer) throw error;
      callee.counters.fallbacks += 1;
      log?.warn({ ...facts, err: error }, "fallback answered");
      return answer;
    }
  };
}

/** A stand-in that fails as well changes nothing: the caller is told what went wrong first. */
async function tryStandIn(standIn: StandIn, call: OutgoingCall, facts: object, log: Logger | undefined) {
  try {
    return await standIn.answer(call);
  } catch (err) {
    log?.warn({ ...facts, err }, "fallback failed too");
    return undefined;
  }
}
