import type { MethodPolicy } from "@charter/policy";
import { currentContext } from "@charter/telemetry";
import { Code } from "@connectrpc/connect";
import type { Callee } from "../callee/callee.js";
import { localError } from "../local-error.js";
import type { Gate } from "../outgoing-call.js";
import { isOverload } from "./is-overload.js";

/** Spares an overloaded callee the calls that it would refuse. What is more critical is counted for itself, and not refused for what is less. */
export function throttleLayer({ criticality, procedure }: MethodPolicy, callee: Callee): Gate {
  return {
    enter() {
      const throttle = callee.throttles[currentContext()?.criticality ?? criticality];
      if (!throttle.admit()) {
        callee.counters.throttled += 1;
        const message = `${callee.name} is overloaded; ${procedure} was not called`;
        throw localError(message, Code.ResourceExhausted);
      }
      return (error) => throttle.ended(!isOverload(error));
    },
  };
}
