import type { MethodPolicy } from "@charter/policy";
import { Code } from "@connectrpc/connect";
import type { Callee } from "../callee/callee.js";
import { localError } from "../local-error.js";
import type { Layer } from "../outgoing-call.js";
import { isOverload } from "./is-overload.js";

/** Spares an overloaded callee the calls that it would refuse. Each criticality is counted for itself, so that one does not starve another. */
export function throttleLayer({ criticality, procedure }: MethodPolicy, callee: Callee): Layer {
  const throttle = callee.throttles[criticality];
  return (next) => async (call) => {
    if (!throttle.admit()) {
      callee.counters.throttled += 1;
      const message = `${callee.name} is overloaded; ${procedure} was not called`;
      throw localError(message, Code.ResourceExhausted);
    }
    try {
      const answer = await next(call);
      throttle.ended(true);
      return answer;
    } catch (error) {
      throttle.ended(!isOverload(error));
      throw error;
    }
  };
}
