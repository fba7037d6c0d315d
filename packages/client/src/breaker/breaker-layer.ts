import type { MethodPolicy } from "@charter/policy";
import { Code } from "@connectrpc/connect";
import type { Callee } from "../callee/callee.js";
import { localError } from "../local-error.js";
import type { Gate } from "../outgoing-call.js";
import { verdictOf } from "./verdict-of.js";

/** Refuses at once what would most likely fail: the breakers of all endpoints are open, for the picked one was the best. */
export function breakerLayer(policy: MethodPolicy, callee: Callee): Gate {
  return {
    enter({ endpoint }) {
      const leave = endpoint?.breakerOf(policy).enter();
      if (!leave) {
        callee.counters.broken += 1;
        throw localError(
          `${callee.name} fails too often; ${policy.procedure} was not called`,
          Code.Unavailable,
        );
      }
      return (error) => leave(verdictOf(error));
    },
  };
}
