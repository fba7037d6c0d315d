import type { MethodPolicy } from "@charter/policy";
import { Code } from "@connectrpc/connect";
import type { Callee } from "../callee/callee.js";
import { localError } from "../local-error.js";
import type { Layer } from "../outgoing-call.js";
import { verdictOf } from "./verdict-of.js";

/** Refuses at once what would most likely fail: the breakers of all endpoints are open, for the picked one was the best. */
export function breakerLayer(policy: MethodPolicy, callee: Callee): Layer {
  return (next) => async (call) => {
    const leave = call.endpoint?.breakerOf(policy).enter();
    if (!leave) {
      callee.counters.broken += 1;
      throw localError(
        `${callee.name} fails too often; ${policy.procedure} was not called`,
        Code.Unavailable,
      );
    }
    try {
      const answer = await next(call);
      leave("success");
      return answer;
    } catch (error) {
      leave(verdictOf(error));
      throw error;
    }
  };
}
